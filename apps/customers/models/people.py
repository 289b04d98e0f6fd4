"""People."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.features import MANAGE_PEOPLE, VIEW_ALL_PEOPLE, VIEW_PEOPLE
from apps.customers.models.identity import CustomerKind, CustomerRecord, record_indexes

NAMES = ("first_name", "last_name")


class Person(CustomerRecord):
    """A person whom the organization deals with. Of one who has been erased nothing is left but the row itself."""

    entity_id = "customers.person"
    kind = CustomerKind.PERSON
    view_feature = VIEW_PEOPLE
    change_feature = MANAGE_PEOPLE
    view_all_feature = VIEW_ALL_PEOPLE

    first_name = models.CharField(_("first name"), max_length=120, blank=True, default="")
    last_name = models.CharField(_("last name"), max_length=120, blank=True, default="")
    preferred_name = models.CharField(_("preferred name"), max_length=120, blank=True, default="")
    job_title = models.CharField(_("job title"), max_length=150, blank=True, default="")
    department = models.CharField(_("department"), max_length=150, blank=True, default="")
    seniority = models.CharField(_("seniority"), max_length=100, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    linkedin_url = models.URLField(_("LinkedIn page"), max_length=300, blank=True, default="")
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    class Meta:
        db_table = "person"
        verbose_name = _("person")
        verbose_name_plural = _("people")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "customer"], name="person_customer_once"),
            models.CheckConstraint(condition=models.Q(customer=models.F("id")), name="person_is_customer"),
        ]
        indexes: ClassVar = [
            *record_indexes("person"),
            models.Index(fields=["tenant_id", "last_name", "id"], name="person_last_name"),
        ]

    def clean_fields(self, exclude: Any = None) -> None:
        """Check the fields, and that there is such a time zone. Raises ValidationError with all complaints."""
        errors: dict[str, Any] = {}
        try:
            super().clean_fields(exclude)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if self.time_zone and "time_zone" not in (exclude or ()) and self.time_zone not in available_timezones():
            text = _("There is no such time zone.")
            errors["time_zone"] = [ValidationError(text, code="customers.person.time_zone")]
        if errors:
            raise ValidationError(errors)
