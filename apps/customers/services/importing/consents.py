"""Consents as rows of a file become them: who said what when, added to the ledgers of people who are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers.errors import PersonErased
from apps.customers.features import IMPORT, MANAGE_PEOPLE
from apps.customers.models import Consent, ConsentChannel, ConsentState, ContactPoint, Person
from apps.customers.selectors import takes_more
from apps.customers.services.consents import FIELDS, complaints_of_time
from apps.customers.services.importing import naming
from apps.customers.services.importing.fields import read_email
from apps.customers.services.loading_consents import PURPOSES, Statements, load_consents
from apps.dictionaries.contracts import ENTRY
from apps.kernel import clock
from apps.kernel.access.errors import RecordReadOnly
from apps.kernel.access.visible import changeable
from apps.kernel.commands.checking import complaints_of
from apps.kernel.ids import as_id
from apps.kernel.imports.planning.fields import FieldKind, ImportField, Text
from apps.kernel.imports.planning.orders import Fate, Key, Line, Mode, Outcome, Problem
from apps.kernel.imports.planning.rows import plain_text
from apps.kernel.imports.resources.pointing import unknown
from apps.kernel.imports.targets import Alive
from apps.kernel.references.validation import hold
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

EMAIL: Final = "email"
PERSON_ID: Final = "customer_id"
PURPOSE: Final = "purpose_id"
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    EMAIL: ("e-mail address", "mail", "adres e-mail", "e-mail-adresse", "correo", "correo electrónico"),
    PERSON_ID: ("person id", "person", "id osoby", "person-id", "id de persona"),
    PURPOSE: ("purpose", "consent", "cel", "zgoda", "zweck", "einwilligung", "finalidad", "consentimiento"),
    "channel": ("kanał", "kanal", "canal"),
    "state": ("status", "stan", "zustand", "estado", "answer"),
    "at": ("date", "when", "data", "kiedy", "datum", "wann", "fecha", "cuándo"),
    "source": ("where", "form", "źródło", "gdzie", "quelle", "wo", "origen", "dónde"),
    "evidence": ("proof", "wording", "dowód", "nachweis", "prueba"),
}
Said = tuple[UUID, UUID, str, str, datetime]


def said(row: Consent) -> Said:
    """What makes two rows the same statement: who said what about what, by which way, in which second."""
    return row.customer_id, row.purpose_id, row.channel, row.state, row.at.replace(microsecond=0)


class ConsentTarget:
    """Rows of ledgers: they are added, and those that stand there already are left alone."""

    entity = Consent.entity_id

    @property
    def label(self) -> Text:
        """Consents."""
        return ENTITIES[self.entity].label_plural

    def features(self, mode: Mode) -> tuple[str, ...]:
        """Importing is allowed apart from writing down single ones."""
        return (IMPORT, MANAGE_PEOPLE)

    def commands(self, mode: Mode) -> tuple[str, ...]:
        """The one that writes by set."""
        return (load_consents.spec.id,)

    def modes(self) -> tuple[Mode, ...]:
        """Nothing is ever changed."""
        return (Mode.CREATE,)

    def fields(self) -> tuple[ImportField, ...]:
        """Who, by e-mail or by id; what they said; when and where."""
        found = (
            ImportField(EMAIL, label=gettext_lazy("E-mail"), normal=read_email),
            ImportField(PERSON_ID, FieldKind.UUID, label=gettext_lazy("Id of the person")),
            ImportField(PURPOSE, FieldKind.REFERENCE, required=True, target=ENTRY, part=PURPOSES),
            ImportField("state", FieldKind.CHOICE, required=True, choices=tuple(ConsentState.choices)),
            ImportField("channel", FieldKind.CHOICE, choices=tuple(ConsentChannel.choices)),
            ImportField("at", FieldKind.DATETIME),
            ImportField("source"),
            ImportField("evidence"),
        )
        return tuple(_worded(item) for item in found)

    def keys(self) -> tuple[Key, ...]:
        """Rows meet nothing: `write` sees what is there."""
        return ()

    def unique(self) -> tuple[Key, ...]:
        """Nothing."""
        return ()

    def usual(self) -> tuple[Key, ...]:
        """Nothing."""
        return ()

    def match(self, key: Key, values: Sequence[tuple[Any, ...]]) -> Mapping[tuple[str, ...], tuple[UUID, ...]]:
        """Nothing."""
        return {}

    def write(self, lines: Sequence[Line], alive: Alive) -> Sequence[Outcome]:
        """Write the batch: six queries and one statement, however many lines."""
        return Batch(lines).written()


def _worded(item: ImportField) -> ImportField:
    """The field with its label and with the names that columns of other programs have."""
    label = item.label or Consent._meta.get_field(item.name).verbose_name  # type: ignore[union-attr]
    return ImportField(
        item.name,
        item.kind,
        required=item.required,
        label=label or "",
        aliases=ALIASES[item.name],
        choices=item.choices,
        target=item.target,
        part=item.part,
        normal=item.normal,
    )


@dataclass
class Batch:
    """Lines of one batch, and what they are judged by."""

    lines: Sequence[Line]
    now: datetime = field(default_factory=clock.now)
    people: dict[UUID, Person] = field(default_factory=dict)
    by_email: dict[str, list[UUID]] = field(default_factory=dict)
    purposes: Mapping[str, UUID | str] = field(default_factory=dict)
    open_purposes: set[UUID] = field(default_factory=set)
    changeable: set[UUID] = field(default_factory=set)
    there: set[Said] = field(default_factory=set)

    def written(self) -> list[Outcome]:
        """One outcome for each line."""
        self._look_up()
        outcomes, new = [], list[Consent]()
        for line in self.lines:
            row = Consent(
                **{
                    name: line.values[name]
                    for name in ("channel", "state", "source", "evidence")
                    if name in line.values
                }
            )
            row.at = line.values.get("at") or self.now
            problems = tuple(self._problems(line, row))
            if problems:
                outcomes.append(Outcome(line.number, Fate.ERROR, problems=problems))
            elif said(row) in self.there:
                outcomes.append(Outcome(line.number, Fate.UNCHANGED, self._label(row)))
            else:
                self.there.add(said(row))
                new.append(row)
                outcomes.append(Outcome(line.number, Fate.CREATED, self._label(row), after=_shown(line)))
        if new:
            load_consents(statements=Statements(new))
        return outcomes

    def _label(self, row: Consent) -> str:
        return f"{self.people[row.customer_id]}: {row}"

    def _look_up(self) -> None:
        """Read people, purposes and what stands in the ledgers; people are locked by id, purposes held."""
        place = current_scope().organization_id
        mails = {line.values[EMAIL] for line in self.lines if EMAIL in line.values and PERSON_ID not in line.values}
        ids = {line.values[PERSON_ID] for line in self.lines if PERSON_ID in line.values}
        pairs = list(ContactPoint.objects.filter(value__in=mails).values_list("value", "customer_id")) if mails else []
        wanted = ids | {pk for _value, pk in pairs}
        seen = ENTITIES[Person.entity_id].living().filter(pk__in=wanted, organization_id=place)
        self.people = {row.pk: row for row in seen.select_for_update(no_key=True, of=("self",)).order_by("pk")}
        self.changeable = set(changeable(Person.objects.filter(pk__in=self.people)).values_list("pk", flat=True))
        reached: dict[str, list[UUID]] = defaultdict(list)
        for value, pk in pairs:
            if pk in self.people and pk not in reached[value]:
                reached[value].append(pk)
        self.by_email = reached
        texts = {line.values[PURPOSE] for line in self.lines if PURPOSE in line.values}
        self.purposes = naming.entries(PURPOSES, texts)
        asked = {item for item in (*self.purposes.values(), *map(as_id, texts)) if isinstance(item, UUID)}
        self.open_purposes = hold(ENTITIES[ENTRY], asked, within=PURPOSES) if asked else set()
        self.there = {said(row) for row in Consent.objects.filter(customer__in=self.people)}

    def _problems(self, line: Line, row: Consent) -> Iterator[Problem]:
        """What is wrong with the line; the row is completed by the way."""
        yield from self._about_person(line, row)
        text = str(line.values.get(PURPOSE, ""))
        found = as_id(text) or self.purposes.get(text)
        if isinstance(found, UUID) and found in self.open_purposes:
            row.purpose_id = found
        elif text:
            yield unknown(PURPOSE, text, None if isinstance(found, UUID) else found)
        for item in (*complaints_of_time(row.at, now=self.now), *complaints_of(row, FIELDS)):
            yield _problem(line, item.field, item.code, item.message)

    def _about_person(self, line: Line, row: Consent) -> Iterator[Problem]:
        is_named = PERSON_ID in line.values
        name = PERSON_ID if is_named else EMAIL
        found = [line.values[PERSON_ID]] if is_named else self.by_email.get(line.values.get(EMAIL, ""), [])
        if len(found) > 1:
            yield unknown(name, plain_text(line.values[name]), "ambiguous")
        elif not found or found[0] not in self.people:
            if is_named or EMAIL in line.values:
                yield unknown(name, plain_text(line.values.get(name)), None)
            else:
                yield Problem("", "customers.consent.no_person", _("Say whose consent it is: by e-mail or by id."))
        elif found[0] not in self.changeable:
            yield _problem(line, name, RecordReadOnly.code, str(RecordReadOnly.message))
        elif not takes_more(self.people[found[0]]):
            yield _problem(line, name, PersonErased.code, str(PersonErased.message))
        else:
            row.customer_id, row.organization_id = found[0], self.people[found[0]].organization_id


def _problem(line: Line, name: str, code: str, message: str | Any) -> Problem:
    return Problem(name, code, str(message or _("This is not valid.")), plain_text(line.values.get(name)))


def _shown(line: Line) -> dict[str, str]:
    """What is new, in words; evidence is encrypted, and only said to be there."""
    hidden: Iterable[str] = (EMAIL, "evidence")
    return {name: "•••" if name in hidden else plain_text(value) for name, value in line.values.items()}
