"""Choosing a customer by typing: an input for keys to the identity that people and companies share."""

from __future__ import annotations

from typing import Any

from django.db import models

from apps.customers.models import Customer
from apps.kernel.admin.fields import ReferenceChoice, ReferenceSelect
from apps.kernel.admin.labels import Labels
from apps.kernel.references.fields import ReferenceField

FIELD = "customer_id"


def customer_field(model: type[models.Model], *, label: Any) -> ReferenceChoice:
    """An input for the key `customer` of the model, under the name of its column."""
    pointer = ReferenceField(Customer.entity_id)
    pointer.set_attributes_from_name("customer")
    pointer.model = model
    return ReferenceChoice(required=False, label=label, widget=ReferenceSelect(pointer, Labels()))
