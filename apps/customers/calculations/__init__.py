from apps.customers.calculations.countries import country_code
from apps.customers.calculations.names import first_of, following, joined, words_of
from apps.customers.calculations.reaching import normal_domain, normal_email, normal_phone

__all__ = [
    "country_code",
    "first_of",
    "following",
    "joined",
    "normal_domain",
    "normal_email",
    "normal_phone",
    "words_of",
]
