"""A file of many messy rows goes in by set: exact counts, one undo, in time and bounded memory."""

from __future__ import annotations

import csv
import io
import resource
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from apps.customers.models import Company, ContactPoint, Person, PersonCompany, Tag
from apps.customers.services import create_company
from apps.dictionaries.services.seeding import seed_system_dictionaries
from apps.kernel.commands.undo.engine import undo
from apps.kernel.imports.models import ImportProblem, RunState
from apps.kernel.imports.planning.mapping import mapping_from_json
from apps.kernel.imports.planning.options import Options
from apps.kernel.imports.planning.orders import Mode
from apps.kernel.imports.runs import drafts
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.support.digests import digest
from tests.support.scopes import House
from tests.support.sizes import IS_FULL, size

pytestmark = [pytest.mark.prove, pytest.mark.committed]
HEADER = [
    *("Imię", "Nazwisko", "E-mail", "Telefon", "Komórka", "Firma", "Status", "Ulica", "Kod pocztowy", "Miasto", "Kraj"),
    *("new_tags", "Uwagi"),
]
BROKEN, DOUBLE = 33, 97  # every so many rows
MOST_SECONDS, MOST_MEGABYTES = 600, 200


def sound_before(number: int) -> int:
    """The nearest earlier row that is neither wrong nor a double."""
    return next(n for n in range(number - 1, 0, -1) if n % BROKEN and n % DOUBLE)


def messy(number: int) -> list[str]:
    """A row as people keep them: capitals, spaces, brackets, line breaks, words for countries; every 33rd is wrong."""
    mail = f" Person.{number}@EXAMPLE.org " if number % 3 else f"person.{number}@example.org"
    row = [
        *("Zażółć" if number % 2 else "ŁUCJA", f'O\'Gęśla "{number}"', mail),
        f"+48 (22) {number % 10**7:07}" if number % 5 else "",
        f"+48-501-{number % 10**6:06}" if number % 4 == 0 else "",
        f"firma{number % 40}.example" if number % 2 else "",
        ("Active", "INACTIVE", "", "archived")[number % 4],
        *(f"ul. Prosta {number}", "00-838", "Łódź", ("Polska", "PL", "Poland", "Polen")[number % 4]),
        *("Targi 2026; prasa" if number % 7 == 0 else "", "dwa\nwiersze, przecinek; średnik"),
    ]
    if number % BROKEN == 0:
        place, wrong = ((2, "nobody at home"), (3, "12"), (6, "never heard of"), (10, "Atlantis"))[number % 4]
        row[place] = wrong
    elif number % DOUBLE == 0:
        row[2] = f"PERSON.{sound_before(number)}@example.org"
    return row


def expected(rows: int) -> dict[str, int]:
    """What must come of the rows."""
    wrong = rows // BROKEN
    doubles = rows // DOUBLE - rows // (BROKEN * DOUBLE)
    return {"created": rows - wrong - doubles, "duplicate": doubles, "error": wrong}


def peak() -> float:
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def test_many_messy_rows_go_in_exactly_and_out_again(house: House, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    rows = size(600, 50_000)
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADER, *(messy(number) for number in range(1, rows + 1))])
    user = make_user(house, name="Alice", roles=(make_role(house, "*"),))
    with using_scope(house.scope(house.north, actor_id=user.pk)), reading():
        seed_system_dictionaries()
        for number in range(40):
            create_company(brand_name=f"Firma {number}", domain=f"firma{number}.example")
        before = [digest(table) for table in ("person", "customer", "contact_point", "customer_address")]
        run = drafts.take("customers.person", io.BytesIO(text.getvalue().encode("cp1250")), "messy.csv")
        assert len(run.mapping) == len(HEADER)
        drafts.arrange(run, mapping_from_json(run.mapping), Options(Mode.BOTH, ("email",)))
        held, began = peak(), time.monotonic()
        drafts.begin(drafts.run_of(run.pk), rehearse=False)
        while (run := drafts.run_of(run.pk)).is_working:
            sweep("work")
        seconds, grown = time.monotonic() - began, peak() - held
        counts = {name: count for name, count in run.counts.items() if count}
        print(f"{rows} rows in {seconds:.1f} s ({rows / seconds:,.0f} rows/s), {grown:.0f} MB more: {counts}")
        assert (run.state, run.reason, counts) == (RunState.DONE, "", expected(rows))
        assert ImportProblem.objects.filter(run=run).count() == counts["error"] + counts["duplicate"]
        assert Person.objects.count() == counts["created"]
        assert ContactPoint.objects.filter(channel="email").count() == counts["created"]
        assert (Company.objects.count(), Tag.objects.count()) == (40, 2)
        assert PersonCompany.objects.exists()
        assert not IS_FULL or (seconds < MOST_SECONDS and grown < MOST_MEGABYTES)
        assert run.action_id is not None
        began = time.monotonic()
        undo(run.action_id)
        print(f"undone in {time.monotonic() - began:.1f} s")
        assert Person.objects.count() == 0
        assert [digest(table) for table in ("person", "customer", "contact_point", "customer_address")] == before
