"""Draws what was done with sample customers and what is planned: calls, meetings, mails, notes and tasks."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from apps.customers.services.samples.drawing import PersonSample
from apps.customers.services.samples.hours import at_work, at_work_ahead

KINDS: Final = ("call", "meeting", "email", "note", "task")
WEIGHTS: Final = (35, 15, 25, 10, 15)
MINUTES: Final = {"call": (5, 10, 15, 20), "meeting": (30, 45, 60, 90)}
AHEAD: Final = 21  # days for which something is planned
PLANNED: Final = 0.12
# Titles by kind, in the tenant's language.
TITLES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "pl": {
        "call": ("Rozmowa o ofercie", "Pytanie o termin", "Pierwszy kontakt"),
        "meeting": ("Spotkanie w salonie", "Pomiar na miejscu", "Omówienie projektu"),
        "email": ("Wysłano ofertę", "Wysłano próbki tkanin", "Podziękowanie za spotkanie"),
        "note": ("Woli dąb od buku", "Decyzja po urlopie", "Budżet zatwierdzony"),
        "task": ("Przygotować ofertę", "Oddzwonić", "Wysłać katalog"),
    },
    "de": {
        "call": ("Gespräch über das Angebot", "Frage nach dem Termin", "Erster Kontakt"),
        "meeting": ("Termin im Ausstellungsraum", "Aufmaß vor Ort", "Projektbesprechung"),
        "email": ("Angebot verschickt", "Stoffmuster verschickt", "Dank für das Gespräch"),
        "note": ("Lieber Eiche als Buche", "Entscheidung nach dem Urlaub", "Budget genehmigt"),
        "task": ("Angebot vorbereiten", "Zurückrufen", "Katalog schicken"),
    },
    "es": {
        "call": ("Llamada sobre la oferta", "Pregunta por el plazo", "Primer contacto"),
        "meeting": ("Visita a la exposición", "Medición en obra", "Reunión de proyecto"),
        "email": ("Oferta enviada", "Muestras enviadas", "Gracias por la reunión"),
        "note": ("Prefiere roble a haya", "Decide después de vacaciones", "Presupuesto aprobado"),
        "task": ("Preparar la oferta", "Devolver la llamada", "Enviar el catálogo"),
    },
    "en": {
        "call": ("Call about the offer", "Asked for the date", "First contact"),
        "meeting": ("Visit to the showroom", "Measuring on site", "Project meeting"),
        "email": ("Offer sent", "Fabric samples sent", "Thanks for the meeting"),
        "note": ("Prefers oak to beech", "Decides after the holidays", "Budget approved"),
        "task": ("Prepare the offer", "Call back", "Send the catalogue"),
    },
}


@dataclass(slots=True)
class InteractionSample:
    """Something done with a person, or planned; `person` is their place among those drawn.

    What is done has `occurred_at`, what is planned `scheduled_at`; calls and meetings take `minutes`, others None.
    """

    kind: str
    title: str
    person: int
    occurred_at: datetime | None
    scheduled_at: datetime | None
    minutes: int | None


def draw_interactions(
    count: int, people: Sequence[PersonSample], *, seed: str, language: str, until: datetime, zone: ZoneInfo
) -> list[InteractionSample]:
    """Interactions with the people since they are known, and some within the next weeks; nothing is done ahead.

    They take place in the working hours of `zone`.
    """
    dice = random.Random(f"interactions {seed}")  # noqa: S311 - the same on every machine, and no secret
    titles = TITLES.get(language, TITLES["en"])
    found = []
    for _number in range(count):
        kind = dice.choices(KINDS, WEIGHTS)[0]
        person = dice.randrange(len(people))
        since = people[person].created_at
        is_planned = kind in {"call", "meeting", "task"} and dice.random() < PLANNED
        ahead = until + timedelta(days=dice.randint(1, AHEAD), hours=dice.randint(0, 8))
        done = since + (until - since) * dice.random()
        found.append(
            InteractionSample(
                kind=kind,
                title=dice.choice(titles[kind]),
                person=person,
                occurred_at=None if is_planned else at_work(done, zone=zone, since=since, until=until),
                scheduled_at=at_work_ahead(ahead, zone) if is_planned else None,
                minutes=dice.choice(MINUTES[kind]) if kind in MINUTES else None,
            )
        )
    return found
