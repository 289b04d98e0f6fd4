"""How customers are reached: e-mails, phones and postal addresses, all of them encrypted."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.features import VIEW_PEOPLE
from apps.customers.models.identity import Customer
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.bases.patterns import COUNTRY
from apps.kernel.crypto.fields import EncryptedTextField

ONE_PRIMARY = models.Q(is_primary=True)


class Channel(models.TextChoices):
    """By what."""

    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")


class ContactType(models.TextChoices):
    """Where one reaches them by it."""

    WORK = "work", _("work")
    PRIVATE = "private", _("private")
    MOBILE = "mobile", _("mobile")
    OTHER = "other", _("other")


class ContactPoint(Versioned, OrganizationModel):
    """An e-mail or a phone of a customer; one of each channel is the primary one.

    `value` is in its normal form: an e-mail in lower case, a phone in E.164. Its blind index finds whoever has it.
    """

    entity_id = "customers.contact_point"
    view_feature: ClassVar[str] = VIEW_PEOPLE
    customer_id: UUID

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="contact_points", verbose_name=_("customer"))
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    type = models.CharField(_("type"), max_length=7, choices=ContactType, default=ContactType.WORK)
    value = EncryptedTextField(_("address or number"), blind_index=True)
    is_primary = models.BooleanField(_("primary"), default=False)

    class Meta:
        db_table = "contact_point"
        verbose_name = _("way to reach")
        verbose_name_plural = _("ways to reach")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "customer", "channel", "value_index"], name="contact_point_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "customer", "channel"], condition=ONE_PRIMARY, name="contact_point_primary_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "value_index"], name="contact_point_value"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="contact_point_created"),
            models.Index(fields=["tenant_id", "organization_id"], name="contact_point_place"),
        ]

    def __str__(self) -> str:
        """The address or number."""
        return str(self.value)


class Purpose(models.TextChoices):
    """What an address is for."""

    BILLING = "billing", _("billing")
    SHIPPING = "shipping", _("delivery")
    OFFICE = "office", _("office")
    HOME = "home", _("home")
    OTHER = "other", _("other")


class Address(Versioned, OrganizationModel):
    """A postal address of a customer; one of each purpose is the primary one. `country` is ISO 3166-1, two letters."""

    entity_id = "customers.address"
    view_feature: ClassVar[str] = VIEW_PEOPLE
    customer_id: UUID

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="addresses", verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose, default=Purpose.OFFICE)
    is_primary = models.BooleanField(_("primary"), default=False)
    recipient = EncryptedTextField(_("recipient"), blank=True, default="", max_length=200)
    line1 = EncryptedTextField(_("street and number"), max_length=200)
    line2 = EncryptedTextField(_("further line"), blank=True, default="", max_length=200)
    postal_code = EncryptedTextField(_("postal code"), blank=True, default="", max_length=20)
    city = EncryptedTextField(_("city"), blank=True, default="", max_length=120)
    region = models.CharField(_("region"), max_length=120, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="", validators=[COUNTRY])

    class Meta:
        db_table = "customer_address"
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "customer", "purpose"], condition=ONE_PRIMARY, name="address_primary_once"
            ),
            models.CheckConstraint(
                condition=models.Q(country="") | models.Q(country__regex=r"^[A-Z]{2}$"), name="address_country_form"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "customer"], name="address_customer"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="address_created"),
            models.Index(fields=["tenant_id", "organization_id"], name="address_place"),
        ]

    def __str__(self) -> str:
        """Street and city."""
        return ", ".join(part for part in (self.line1, self.postal_code, self.city) if part)
