from apps.customers.calculations.agenda import Change, Occurrence, Series, Stretch, expand, overlaps, stretch_of
from apps.customers.calculations.countries import country_code
from apps.customers.calculations.deals import lacking, sum_of_lines
from apps.customers.calculations.icalendar import CalendarEntry, calendar_file, uid_of
from apps.customers.calculations.likeness import (
    Likeness,
    Reason,
    Traits,
    held_whole,
    likeness,
    needed_similarity,
    similarity,
    trigram_keys,
)
from apps.customers.calculations.merging import Side, by_field, chosen_sides, is_empty, proposed, taken_from
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
    "Likeness",
    "Occurrence",
    "Reason",
    "Rule",
    "RuleRefused",
    "Series",
    "Side",
    "Stretch",
    "Traits",
    "by_field",
    "calendar_file",
    "chosen_sides",
    "country_code",
    "expand",
    "first_of",
    "first_start",
    "following",
    "held_whole",
    "is_empty",
    "joined",
    "lacking",
    "last_start",
    "likeness",
    "needed_similarity",
    "normal_domain",
    "normal_email",
    "normal_phone",
    "overlaps",
    "parse_rule",
    "proposed",
    "rule_text",
    "similarity",
    "starts",
    "stretch_of",
    "sum_of_lines",
    "taken_from",
    "trigram_keys",
    "uid_of",
    "words_of",
]
