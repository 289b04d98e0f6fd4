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

__all__ = [
    "CalendarEntry",
    "Change",
    "Occurrence",
    "Rule",
    "RuleRefused",
    "Series",
    "Stretch",
    "calendar_file",
    "expand",
    "first_of",
    "first_start",
    "following",
    "joined",
    "last_start",
    "normal_domain",
    "normal_email",
    "normal_phone",
    "overlaps",
    "parse_rule",
    "rule_text",
    "starts",
    "stretch_of",
    "uid_of",
    "words_of",
]
