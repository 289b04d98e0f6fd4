from apps.customers.calculations.deals import lacking, placed, sum_of_lines
from apps.customers.calculations.names import first_of, following, joined, words_of
from apps.customers.calculations.reaching import normal_domain, normal_email, normal_phone

__all__ = [
    "first_of",
    "following",
    "joined",
    "lacking",
    "normal_domain",
    "normal_email",
    "normal_phone",
    "placed",
    "sum_of_lines",
    "words_of",
]
