"""The index: one document for each record that is found, the words in it, and how it stands."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.mixins import Versioned
from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedTextField
from apps.kernel.tenancy.columns import OrganizationColumn
from apps.kernel.tenancy.managers import TenantManager
from apps.kernel.tenancy.scope import Scope

DERIVED = "It is derived from audited rows, and rebuilt from them at any time."


class RecordsOrganization(OrganizationColumn):
    """The record's organization, None for a record of the whole tenant. To migrations it is the kernel's column."""

    def pre_save(self, model_instance: models.Model, add: bool) -> UUID:
        """Keep None: it means every organization."""
        owner: UUID | None = getattr(model_instance, self.attname)
        return owner if owner is None else super().pre_save(model_instance, add)  # type: ignore[return-value]

    def deconstruct(self) -> Any:
        """Give the kernel's column, whose values it shares."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "apps.kernel.tenancy.columns.OrganizationColumn", args, kwargs


class DocumentManager(TenantManager["SearchDocument"]):
    """Documents of the tenant itself, and of the organizations that the scope sees."""

    def _seen(self, scope: Scope) -> models.Q:
        seen = models.Q(organization_id__isnull=True) | models.Q(organization_id__any=sorted(scope.organization_ids))
        return super()._seen(scope) & seen


class SearchDocument(TenantModel):
    """What is found of one record.

    `title_key` is the title as titles are compared. `words` holds the lexemes (`calculations.lexemes`), `tokens` the
    digests of values that are found as a whole. `embedding` is empty until a provider has been asked, and whenever
    `source_digest`, of the text that it is made of, changes. `checksum` is of the whole document.
    """

    audited = False
    unaudited_reason = DERIVED
    referenced = False

    organization_id = RecordsOrganization(null=True)
    entity = models.TextField()
    record_id = models.UUIDField()
    title = models.TextField()
    subtitle = models.TextField(default="")
    title_key = models.TextField(db_collation="C")  # so that one index finds beginnings and is in order
    words = SearchVectorField()
    tokens = models.JSONField(default=list)
    embedding = ArrayField(models.FloatField(), null=True)
    source_digest = models.TextField(default="")
    language = models.TextField(default="simple")
    checksum = models.TextField()

    objects: ClassVar[DocumentManager] = DocumentManager()

    class Meta:
        db_table = "search_document"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "entity", "record_id"], name="search_document_once")
        ]
        indexes: ClassVar = [
            # Without a list of pending entries: a search would read it from end to end.
            GinIndex(fields=["words"], name="search_document_words", fastupdate=False),
            GinIndex(fields=["tokens"], opclasses=["jsonb_path_ops"], name="search_document_tokens", fastupdate=False),
            models.Index(fields=["tenant_id", "title_key", "id"], name="search_document_title"),
            models.Index(
                fields=["tenant_id", "id"],
                condition=models.Q(embedding__isnull=True),
                name="search_document_unembedded",
            ),
            models.Index(
                fields=["tenant_id", "entity", "id"],
                condition=models.Q(embedding__isnull=False),
                name="search_document_embedded",
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class SearchWord(TenantModel):
    """A word that stands in some document of the tenant: what a mistyped one may have meant."""

    audited = False
    unaudited_reason = DERIVED
    referenced = False
    updated_at = None  # type: ignore[assignment]  # a word never changes

    word = models.TextField()

    class Meta:
        db_table = "search_word"
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id", "word"], name="search_word_once")]
        indexes: ClassVar = [
            GinIndex(
                OpClass("tenant_id", "uuid_ops"),
                OpClass("word", "gin_trgm_ops"),
                name="search_word_alike",
                fastupdate=False,
            )
        ]

    def __str__(self) -> str:
        """The word."""
        return self.word


class SearchIndex(TenantModel):
    """How the index of one kind of record stands.

    `is_built` once every record has had its document; until then lists are searched without the index. A rebuild goes
    on behind `position`, the last record that it has done; `done` and `total` count records, `job_id` is the long job
    that shows it. `custom_fields` is a digest of the custom fields that documents are made of, "" for none, `declared`
    one of the kind's declaration, "" in an index that is older than this column. The numbers of the last comparison
    with the records: `missing` have no document, `stale` another one, `orphaned` are documents without a record.
    """

    entity_id = "search.index"
    audited = False
    unaudited_reason = "It moves while the index is worked on; who had it rebuilt stands in the history."

    entity = models.TextField()
    is_built = models.BooleanField(default=False)
    is_rebuilding = models.BooleanField(default=False)
    position = models.UUIDField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    job_id = models.UUIDField(null=True)
    custom_fields = models.TextField(default="", db_default="")
    declared = models.TextField(default="", db_default="")
    built_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    missing = models.PositiveBigIntegerField(default=0)
    stale = models.PositiveBigIntegerField(default=0)
    orphaned = models.PositiveBigIntegerField(default=0)
    last_error = models.TextField(default="")
    failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "search_index"
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id", "entity"], name="search_index_once")]

    def __str__(self) -> str:
        """The kind of record."""
        return self.entity

    @property
    def drift(self) -> int:
        """How many documents were not as their records at the last comparison."""
        return self.missing + self.stale + self.orphaned


class SearchDeclarations(models.Model):
    """What the workers of the installation declared when they were last started: one row, so that each of them knows
    whether it is the first of a version that declares something else.
    """

    global_reason: ClassVar[str] = "declarations are code, the same for all tenants; it holds a digest of them"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE")

    id = models.SmallIntegerField(primary_key=True, default=1)
    digest = models.TextField()

    class Meta:
        db_table = "search_declarations"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="search_declarations_one_row")]

    def __str__(self) -> str:
        """The digest."""
        return self.digest


class Language(models.TextChoices):
    """Whose words are brought back to their stems. PostgreSQL has no stemmer for Polish."""

    TENANT = "", _("the tenant's language")
    NONE = "simple", _("none: words as they stand")
    ENGLISH = "english", _("English")
    GERMAN = "german", _("German")
    SPANISH = "spanish", _("Spanish")


class Strategy(models.TextChoices):
    """A way of searching."""

    FULL_TEXT = "fulltext", _("words")
    HASHED = "hashed", _("whole private values")
    VECTORS = "vectors", _("meaning")


def usual_strategies() -> list[str]:
    """All that need nobody outside."""
    return [Strategy.FULL_TEXT, Strategy.HASHED]


class SearchSettings(Versioned, TenantModel):
    """How a tenant searches; a tenant without a row searches by the defaults."""

    entity_id = "search.settings"

    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.TENANT, blank=True)
    strategies = ArrayField(
        models.CharField(max_length=10, choices=Strategy), default=usual_strategies, verbose_name=_("ways of searching")
    )
    provider = models.CharField(_("provider of meanings"), max_length=40, blank=True, default="")
    endpoint = models.CharField(_("address"), max_length=500, blank=True, default="")
    model = models.CharField(_("model"), max_length=100, blank=True, default="")
    api_key = EncryptedTextField(_("key"), blank=True, null=True)

    class Meta:
        db_table = "search_settings"
        verbose_name = _("search settings")
        verbose_name_plural = _("search settings")
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id"], name="search_settings_once")]

    def __str__(self) -> str:
        """What it is."""
        return str(self._meta.verbose_name)
