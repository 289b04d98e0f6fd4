from apps.customers.calculations.likeness import Likeness, Reason, Traits, likeness, similarity
from apps.customers.calculations.merging import Side, by_field, chosen_sides, is_empty, proposed, taken_from
from apps.customers.calculations.names import first_of, following, joined, words_of
from apps.customers.calculations.reaching import normal_domain, normal_email, normal_phone

__all__ = [
    "Likeness",
    "Reason",
    "Side",
    "Traits",
    "by_field",
    "chosen_sides",
    "first_of",
    "following",
    "is_empty",
    "joined",
    "likeness",
    "normal_domain",
    "normal_email",
    "normal_phone",
    "proposed",
    "similarity",
    "taken_from",
    "words_of",
]
