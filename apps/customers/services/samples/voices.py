"""What is said about sample customers, and what they have agreed to: comments of those in charge, and consents."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from apps.customers.models import Comment, Consent, ConsentChannel, ConsentState
from apps.customers.services.samples.drawing import PersonSample
from apps.customers.services.samples.hours import at_work
from apps.customers.services.samples.trading import ROUND, Cast
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

SPOKEN_OF: Final = 0.06  # share of people about whom somebody has written a comment
# What people agree to, and by which channel; how many of a hundred, and how many of those take it back.
AGREED: Final = {
    ("newsletter", ConsentChannel.EMAIL): (30, 12),
    ("offers", ConsentChannel.EMAIL): (20, 8),
    ("calls", ConsentChannel.PHONE): (8, 25),
}
COMMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "pl": ("Dzwonić po 14.", "Prosi o fakturę pro forma.", "Polecił nas sąsiad.", "Decyduje wspólnie z zarządem."),
    "de": ("Erst nach 14 Uhr anrufen.", "Wünscht Skonto.", "Vom Nachbarn empfohlen.", "Entscheidet mit dem Vorstand."),
    "es": ("Llamar después de las 14.", "Pide pago a 60 días.", "Viene recomendado.", "Decide con la dirección."),
    "en": ("Call after two.", "Asks for sixty days.", "Sent by a neighbour.", "Decides together with the board."),
}
SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "pl": ("Formularz na stronie", "Targi", "Rozmowa telefoniczna"),
    "de": ("Formular der Website", "Messe", "Telefonat"),
    "es": ("Formulario web", "Feria", "Llamada"),
    "en": ("Form of the website", "Trade fair", "Telephone call"),
}


class Voices:
    """Draws and stores for one organization; `met` are the people of the cast, `until` when their story ends."""

    def __init__(
        self, cast: Cast, met: Sequence[PersonSample], *, language: str, until: datetime, zone: ZoneInfo
    ) -> None:
        self._cast, self._met, self._until, self._zone = cast, met, until, zone
        self._dice = random.Random(f"voices {cast.seed}")  # noqa: S311 - the same on every machine, and no secret
        self._comments = COMMENTS.get(language, COMMENTS["en"])
        self._sources = SOURCES.get(language, SOURCES["en"])
        users = ENTITIES.get("auth.user")
        self._names = users.labels(cast.owners) if users is not None else {}

    def add_comments(self) -> int:
        """Store comments about some of the people; how many. Nobody writes them where nobody is in charge."""
        rows = []
        for person_id, sample in zip(self._cast.people, self._met, strict=True):
            if self._cast.owners and self._dice.random() < SPOKEN_OF:
                at, author = self._since(sample.created_at), self._dice.choice(self._cast.owners)
                body = self._dice.choice(self._comments)
                row = Comment(customer_id=person_id, body=body, author_id=author, created_at=at, updated_at=at)
                rows.append(row)
        Comment.objects.bulk_create(rows, batch_size=ROUND)
        return len(rows)

    def add_consents(self) -> int:
        """Store what the people have agreed to, and what some of them took back; how many."""
        purposes = {item.value: item.id for item in service(DictionaryBook).entries("customers.consent_purpose")}
        rows = []
        for person_id, sample in zip(self._cast.people, self._met, strict=True):
            for (purpose, channel), (agree, withdraw) in AGREED.items():
                if purpose not in purposes or self._dice.randrange(100) >= agree:
                    continue
                row = Consent(customer_id=person_id, purpose_id=purposes[purpose], channel=channel)
                rows.append(self._said(row, ConsentState.GIVEN, sample.created_at))
                if self._dice.randrange(100) < withdraw:
                    later = Consent(customer_id=person_id, purpose_id=purposes[purpose], channel=channel)
                    rows.append(self._said(later, ConsentState.WITHDRAWN, row.at))
        Consent.objects.bulk_create(rows, batch_size=ROUND)
        return len(rows)

    def _said(self, row: Consent, state: ConsentState, since: datetime) -> Consent:
        row.state, row.source, row.at = state, self._dice.choice(self._sources), self._since(since)
        row.recorded_by, row.recorded_by_label = self._dice.choice([*self._names.items()] or [(None, "")])
        row.created_at = row.at
        return row

    def _since(self, moment: datetime) -> datetime:
        at = moment + (self._until - moment) * self._dice.random()
        return at_work(at, zone=self._zone, since=moment, until=self._until)
