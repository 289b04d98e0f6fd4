"""Books with a column of every plain kind, and the shelves that they stand on."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import ObjectAccess, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel, TenantModel
from apps.kernel.crypto.fields import EncryptedTextField
from apps.kernel.references.fields import OnDeletion, ReferenceField
from tests.support.shelf.features import MANAGE, VIEW

LIVING = models.Q(deleted_at__isnull=True)


class BookKind(models.TextChoices):
    """What kind of book it is."""

    NOVEL = "novel", "Novel"
    ATLAS = "atlas", "Atlas"
    MANUAL = "manual", "Manual"


class Shelf(Versioned, OrganizationModel):
    """A place for books."""

    entity_id = "shelf.shelf"

    name = models.CharField("name", max_length=80)

    class Meta:
        db_table = "shelf"
        verbose_name = "shelf"
        verbose_name_plural = "shelves"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "organization_id", "name"], name="shelf_name_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "name", "id"], name="shelf_name")]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Book(Versioned, SoftDelete, ObjectAccess, OrganizationModel):
    """A book, which may be restricted to some readers."""

    entity_id = "shelf.book"
    view_feature = VIEW
    change_feature = MANAGE
    shelf_id: UUID | None

    title = models.TextField("title")
    code = models.CharField("code", max_length=20)
    price = models.DecimalField("price", max_digits=12, decimal_places=4, null=True, blank=True)
    pages = models.IntegerField("pages", default=0)
    is_lent = models.BooleanField("lent", default=False)
    published_on = models.DateField("published", null=True, blank=True)
    borrowed_at = models.DateTimeField("borrowed", null=True, blank=True)
    kind = models.CharField("kind", max_length=10, choices=BookKind.choices, default=BookKind.NOVEL)
    notes = EncryptedTextField("notes", blank=True, default="")
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name="tags")
    currency_id = ReferenceField("currencies.currency", null=True, blank=True, verbose_name="currency")
    genre_id = ReferenceField("dictionaries.entry", null=True, blank=True, verbose_name="genre")
    shelf = TenantForeignKey(Shelf, null=True, blank=True, related_name="books", verbose_name="shelf")

    class Meta:
        db_table = "shelf_book"
        verbose_name = "book"
        verbose_name_plural = "books"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "code"], condition=LIVING, name="shelf_book_code_once"
            ),
            models.CheckConstraint(condition=models.Q(pages__gte=0), name="shelf_book_pages_least"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "title", "id"], name="shelf_book_title"),
            models.Index(fields=["tenant_id", "code", "id"], name="shelf_book_code"),
            models.Index(fields=["tenant_id", "price", "id"], name="shelf_book_price"),
            models.Index(fields=["tenant_id", "published_on", "id"], name="shelf_book_published"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="shelf_book_created"),
            models.Index(fields=["tenant_id", "organization_id"], name="shelf_book_organization"),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class Loan(TenantModel):
    """Further facts about a book, in a table that stands for one of another module."""

    book_id = ReferenceField("shelf.book", on_deletion=OnDeletion.DELETE, verbose_name="book")
    reader = models.CharField("reader", max_length=40, blank=True, default="")
    way = models.CharField("way", max_length=10, blank=True, default="")
    fee = models.DecimalField("fee", max_digits=19, decimal_places=4, null=True, blank=True)
    due_on = models.DateField("due", null=True, blank=True)
    is_reminded = models.BooleanField("reminded", default=False)
    remark = models.TextField("remark", blank=True, default="")
    borrower_id = ReferenceField("customers.customer", null=True, blank=True, verbose_name="borrower")

    class Meta:
        db_table = "shelf_loan"
        verbose_name = "loan"
        verbose_name_plural = "loans"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "book_id"], name="shelf_loan_once"),
            models.UniqueConstraint(fields=["tenant_id", "borrower_id", "due_on"], name="shelf_loan_borrower_day"),
        ]

    def __str__(self) -> str:
        """Who reads."""
        return self.reader
