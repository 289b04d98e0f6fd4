"""Merges beside writers of custom values: nobody is left pointing to a value that went."""

from __future__ import annotations

import pytest

from apps.currencies.models import Currency
from apps.currencies.services import create_currency
from apps.dictionaries.services import merge_entry
from apps.kernel.errors import InvalidInput, PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.entities.factories import make_field
from tests.support.crowds import all_at_once
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.committed
CODES = ("CHF", "EUR", "USD", "PLN", "GBP", "SEK", "NOK", "DKK", "CZK", "HUF", "JPY", "CAD")


def test_custom_values_beside_a_merge_lead_to_what_stays(house: House) -> None:
    parent = make_dictionary(house, "Fair", "fairs", key="sources")
    make_field(house, "source", "dictionary", dictionary="sources")
    wrong, right = (entry_of(house, parent, value).pk for value in ("fairs", "Fair"))

    def act(number: int) -> object:
        if number == 5:
            return merge_entry(wrong, into_id=right)
        return create_currency(code=CODES[number], custom_fields={"source": str(wrong)})

    with using_scope(house.scope(house.north, house.south, house.root)):
        answers = all_at_once(len(CODES), act)
    refused = [answer for answer in answers if isinstance(answer, PlatformError)]
    assert all(isinstance(answer, InvalidInput) for answer in refused), refused
    with seeding(house.scope()):
        held = [row.custom["source"] for row in Currency.objects.all()]
    assert held == [str(right)] * (len(CODES) - 1 - len(refused))
