"""People, companies and deals have a page for their files."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from apps.attachments.contracts import FilesPage, files_page
from apps.customers.models import Company, Deal, Person


def where_files_are(record: Any) -> str:
    """The page of the record's files."""
    return reverse(f"admin:customers_{record._meta.model_name}_files", args=[record.pk])


for _kind in (Person, Company, Deal):
    files_page(FilesPage(str(_kind.entity_id), where_files_are))
