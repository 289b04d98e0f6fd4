"""Fields that every tenant finds on its users, and may adapt or hide."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.entities.contracts import Kind, custom_field

USER = "auth.user"

custom_field(USER, "job_title", _("Job title"), Kind.TEXT, order=10)
custom_field(USER, "phone", _("Phone"), Kind.PHONE, order=20)
