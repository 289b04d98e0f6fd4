from apps.customers.calculations.agenda import Change, Occurrence, Series, Stretch, expand, overlaps, stretch_of
from apps.customers.calculations.icalendar import CalendarEntry, calendar_file, uid_of
from apps.customers.calculations.names import first_of, following, joined, words_of
from apps.customers.calculations.reaching import normal_domain, normal_email, normal_phone
from apps.customers.calculations.recurrence import (
    Rule,
    RuleRefused,
    first_start,
    last_start,
    parse_rule,
    rule_text,
    starts,
)

__all__ = ["first_of", "following", "joined", "normal_domain", "normal_email", "normal_phone", "words_of"]
__all__ += ["Change", "Occurrence", "Series", "Stretch", "expand", "overlaps", "stretch_of"]
__all__ += ["Rule", "RuleRefused", "first_start", "last_start", "parse_rule", "rule_text", "starts"]
__all__ += ["CalendarEntry", "calendar_file", "uid_of"]
