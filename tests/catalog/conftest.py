"""Who sells, and what."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.catalog.models import Product
from tests.catalog.factories import make_product, seller
from tests.support.scopes import House


@pytest.fixture
def bob(house: House) -> Client:
    """Bob, who may do everything in the catalog of North."""
    return seller(house)


@pytest.fixture
def product(house: House) -> Product:
    """A product without anything."""
    return make_product(house)
