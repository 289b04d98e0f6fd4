"""A new module as a whole: what its templates are filled with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from apps.kernel.management.scaffolding.columns import Column, columns_of
from apps.kernel.management.scaffolding.fields import EntityText, Field, Kind, NotUnderstood
from apps.kernel.management.scaffolding.names import class_name, in_words, index_name, listed, sentence, with_article

MOST_LISTED = 6
LISTED_KINDS = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.BOOLEAN, Kind.DATE, Kind.CHOICE})


@dataclass(frozen=True)
class EntityPlan:
    """One kind of record of the module."""

    module: str
    name: str
    plural: str
    columns: tuple[Column, ...]
    is_of_tenant: bool
    # Kinds of the module that point here: entity and argument.
    pointing: list[tuple[EntityPlan, Column]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Public name."""
        return f"{self.module}.{self.name}"

    @property
    def model(self) -> str:
        """Class of the model."""
        return class_name(self.name)

    @property
    def table(self) -> str:
        """Table, with the module's name: others may have a table of the same kind."""
        return self.module if self.name == self.module else f"{self.module}_{self.name}"

    @property
    def words(self) -> str:
        """One of them, for people."""
        return in_words(self.name)

    @property
    def things(self) -> str:
        """Many of them, for people."""
        return in_words(self.plural)

    @property
    def one(self) -> str:
        """One of them, with its article."""
        return with_article(self.words)

    @property
    def address(self) -> str:
        """Last part of the address of the list."""
        return self.plural.replace("_", "-")

    @property
    def constant(self) -> str:
        """What names of constants begin or end with: the singular for events, the plural for features."""
        return self.name.upper()

    @property
    def constants(self) -> str:
        """The plural of it."""
        return self.plural.upper()

    @property
    def view_feature(self) -> str:
        """Who holds it sees them."""
        return f"{self.module}.{self.plural}.view"

    @property
    def label(self) -> Column:
        """The column that names the record."""
        return self.columns[0]

    @property
    def owner(self) -> list[str]:
        """Columns that a value is unique within."""
        return ["tenant_id"] if self.is_of_tenant else ["tenant_id", "organization_id"]

    @property
    def unique(self) -> list[Column]:
        """Columns whose values no two living records share."""
        return [item for item in self.columns if item.field.is_unique]

    @property
    def indexed(self) -> list[Column]:
        """Columns that lists are sorted by."""
        return [item for item in self.columns if item.field.is_indexed]

    @property
    def required(self) -> list[Column]:
        """Columns that a record cannot do without."""
        return [item for item in self.columns if item.is_required]

    @property
    def amounts(self) -> list[str]:
        """Fields of money; each has a column of its currency beside it."""
        return [item.argument for item in self.columns if item.field.kind is Kind.MONEY and item.annotation != "str"]

    @property
    def loose_amounts(self) -> list[str]:
        """Amounts that may be left out, with their currency."""
        return [item.argument for item in self.columns if item.argument in self.amounts and not item.is_required]

    @property
    def inner(self) -> list[Column]:
        """Keys to other tables of the module."""
        return [item for item in self.columns if item.is_inner]

    @property
    def outer(self) -> list[Column]:
        """References to records of other modules."""
        return [item for item in self.columns if item.is_reference and not item.is_inner]

    @property
    def searched(self) -> list[str]:
        """Columns that autocompletion looks in."""
        return [item.argument for item in self.columns if item.field.kind is Kind.TEXT][:4]

    @property
    def weights(self) -> dict[str, str]:
        """Columns whose words are found; the name of the record counts most."""
        weight = {Kind.TEXT: "B", Kind.EMAIL: "B", Kind.MULTILINE: "C"}
        found = {item.argument: weight[item.field.kind] for item in self.columns if item.field.kind in weight}
        return {**{name: found[name] for name in found if name not in self.hashed}, self.label.argument: "A"}

    @property
    def hashed(self) -> list[str]:
        """Encrypted columns: found by their whole text only."""
        return [item.argument for item in self.columns if item.field.is_encrypted]

    @property
    def shown(self) -> list[str]:
        """Columns of the list in the back office."""
        return [item.attribute for item in self.columns if item.field.kind in LISTED_KINDS][:MOST_LISTED]

    @property
    def form(self) -> list[str | tuple[str, str]]:
        """Fields of the form in the back office; an amount has its currency beside it."""
        hidden = {f"{name}_currency" for name in self.amounts}
        names = [item.attribute for item in self.columns if item.attribute not in hidden]
        return [(name, f"{name}_currency") if name in self.amounts else name for name in names]

    @property
    def narrowed(self) -> list[str]:
        """Filters of the list in the back office."""
        return [item.attribute for item in self.columns if item.field.kind in {Kind.BOOLEAN, Kind.CHOICE}][:3]

    @property
    def private(self) -> list[Column]:
        """Encrypted columns, where an empty text is no value."""
        return [item for item in self.columns if item.field.is_encrypted and not item.is_required]

    def index(self, column: str) -> str:
        """Name of the index over a column."""
        return index_name(self.table, column)

    def unique_fields(self, column: Column) -> list[str]:
        """Columns of a unique constraint; of an encrypted one its blind index stands for it."""
        name = f"{column.attribute}_index" if column.field.is_encrypted else column.attribute
        return [*self.owner, name]


@dataclass(frozen=True)
class ModulePlan:
    """The module."""

    id: str
    label: str
    entities: tuple[EntityPlan, ...]
    requires: tuple[str, ...]
    is_of_tenant: bool

    @property
    def config(self) -> str:
        """Class of the AppConfig."""
        return f"{class_name(self.id)}Config"

    @property
    def base(self) -> str:
        """Class that its models derive from."""
        return "TenantModel" if self.is_of_tenant else "OrganizationModel"

    @property
    def owner(self) -> str:
        """Whose its records are."""
        return "a tenant" if self.is_of_tenant else "an organization"

    @property
    def things(self) -> str:
        """What it keeps, for people."""
        return listed([item.things for item in self.entities])

    @cached_property
    def description(self) -> str:
        """One sentence."""
        return f"{sentence(self.things)} of {self.owner}."

    @property
    def choices(self) -> list[tuple[str, str, Field]]:
        """Class, meaning and field of each choice."""
        return [
            (
                class_name(f"{entity.name}_{column.field.name}"),
                f"{entity.words}'s {in_words(column.field.name)}",
                column.field,
            )
            for entity in self.entities
            for column in entity.columns
            if column.field.kind is Kind.CHOICE
        ]

    def services(self, entity: EntityPlan) -> str:
        """Module of the entity's commands."""
        alone = len(self.entities) == 1
        return f"apps.{self.id}.services" if alone else f"apps.{self.id}.services.{entity.plural}"


def plan_of(module: str, label: str, described: Iterable[EntityText], *, is_of_tenant: bool) -> ModulePlan:
    """Put a module together. Raises NotUnderstood for kinds of record that are there twice or not at all."""
    entities: dict[str, EntityPlan] = {}
    requires = {"directory": None}
    for text in described:
        if text.name in entities or text.plural in {item.plural for item in entities.values()}:
            raise NotUnderstood(f"entity {text.name!r} or its plural is there twice.")
        columns = [column for item in text.fields for column in columns_of(item, entity=text.name, module=module)]
        entity = EntityPlan(module, text.name, text.plural, tuple(columns), is_of_tenant)
        for column in entity.inner:
            _target(entities, module, entity, column).pointing.append((entity, column))
        requires |= {item.field.parameter.partition(".")[0]: None for item in entity.outer if item.is_required}
        entities[text.name] = entity
    return ModulePlan(module, label, tuple(entities.values()), tuple(requires), is_of_tenant)


def _target(known: dict[str, EntityPlan], module: str, entity: EntityPlan, column: Column) -> EntityPlan:
    name = column.field.parameter.removeprefix(f"{module}.")
    if name not in known:
        raise NotUnderstood(
            f"field {column.field.name!r} of {entity.name!r} points to {column.field.parameter}: describe that kind of"
            " record before it. A record cannot point to its own kind here; add such a key by hand."
        )
    return known[name]
