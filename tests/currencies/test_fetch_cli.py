"""`manage.py fetch_rates`."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.currencies.banks import Banks, counts, make_config, make_currencies, rates, runs
from tests.currencies.papers import BANK, PAGE, WEEK, paper
from tests.kernel.work_probes import environment
from tests.support.scopes import House, seeding


def told(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("fetch_rates", *arguments, stdout=out)
    return out.getvalue().splitlines()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        told(*arguments)
    return str(refusal.value)


def test_every_tenant_fetches_from_what_it_has_configured(house: House, other_house: House, banks: Banks) -> None:
    make_currencies(house)
    make_currencies(other_house, "EUR", "USD")
    make_config(house)
    make_config(other_house)
    lines = told("--date", "2026-03-06")
    assert lines == [
        f"{house.tenant.slug}/North: ecb: 4 new, 0 corrected, 0 unchanged, 25 left out",
        f"{other_house.tenant.slug}/North: ecb: 1 new, 0 corrected, 0 unchanged, 28 left out",
    ]
    assert [run.trigger for run in runs(house)] == ["command_line"]
    assert (len(rates(house)), len(rates(other_house))) == (4, 1)


def test_one_tenant_by_handle_or_id_and_one_provider(house: House, other_house: House, banks: Banks) -> None:
    make_currencies(house)
    make_currencies(other_house)
    make_config(house, is_enabled=False)
    make_config(other_house)
    banks.nbp("A", WEEK, paper("nbp-a.json"))
    for name in (house.root.slug, str(house.tenant.pk)):
        lines = told("--from", "2026-03-02", "--to", "2026-03-06", "--provider", "ecb", "--tenant", name)
        assert [line.partition(":")[0].partition("/")[2] for line in lines] == ["Acme Group", "North", "South"]
    assert [counts(run)[:4] for run in runs(house)] == [("done", 20, 0, 0), ("done", 0, 0, 20)]
    assert runs(other_house) == []


def test_only_a_named_tenant_fetches_from_what_is_not_configured(house: House, banks: Banks) -> None:
    make_currencies(house)
    refusal = "No fetching of exchange rates is configured here. Add and enable a configuration first."
    assert refused("--provider", "ecb") == refusal
    assert len(told("--provider", "ecb", "--tenant", house.root.slug)) == 3


def test_a_failure_is_told_and_the_others_are_fetched(house: House, banks: Banks) -> None:
    make_currencies(house)
    make_config(house)
    make_config(house, "nbp")
    banks.ecb("eurofxref-hist-90d.xml", PAGE)
    banks.nbp("A", WEEK, paper("nbp-a.json"))
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 of 2 fetches failed.$"):
        call_command("fetch_rates", "--from", "2026-03-02", stdout=out)
    assert [line.split(": ")[1] for line in out.getvalue().splitlines()] == ["ecb", "nbp"]
    assert [run.status for run in runs(house)] == ["failed", "done"]


def test_a_file_on_this_machine_stands_in_for_the_address(house: House, banks: Banks, tmp_path: Path) -> None:
    make_currencies(house)
    make_config(house, "file", options={**BANK, "url": "https://bank.example/rates.csv", "source": "bank"})
    file = tmp_path / "march.csv"
    file.write_bytes(paper("bank.csv"))
    asked = ("--provider", "file", "--tenant", house.root.slug, "--from", "2026-03-01")
    [line] = told(*asked, "--file", str(file))
    assert line == f"{house.tenant.slug}/North: bank: 4 new, 0 corrected, 0 unchanged, 2 left out"
    assert banks.asked == []
    assert refused(*asked, "--file", str(tmp_path / "april.csv")) == "1 of 1 fetches failed."
    assert runs(house)[-1].error == "The document cannot be used: april.csv cannot be read."
    assert refused("--file", str(file)) == "--file goes with --provider file and --tenant."


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (("--date", "2026-03-06", "--to", "2026-03-06"), "Give either --date or --from and --to."),
        (("--date", "6.3.2026"), "Error: argument --date: 6.3.2026 is no day; write 2026-03-06"),
        (("--provider", "raiffeisen"), "There is no provider raiffeisen; there are: ecb, file, nbp."),
        (("--tenant", "nobody"), "There is no tenant nobody."),
        (("--date", "2026-03-07"), "These days cannot be fetched.\nto: There are no rates of the future."),
    ],
)
def test_what_makes_no_sense_is_refused(house: House, banks: Banks, arguments: tuple[str, ...], refusal: str) -> None:
    make_config(house)
    assert refused(*arguments) == refusal
    assert (banks.asked, runs(house)) == ([], [])


def test_a_suspended_tenant_is_left_alone(house: House, banks: Banks) -> None:
    make_config(house)
    with seeding(house.scope()):
        house.tenant.status = "suspended"
        house.tenant.save()
    assert "No fetching" in refused()


@pytest.mark.processes
@pytest.mark.committed
def test_a_terminal_shows_a_bar(house: House, banks: Banks) -> None:
    make_currencies(house)
    make_config(house)
    banks.ecb("eurofxref-hist.xml", paper("ecb-hist-90d.xml"))
    own = environment(
        DJANGO_SETTINGS_MODULE="config.settings",
        AGORA_DEBUG="1",
        OUTBOUND_ALLOW_PRIVATE="1",
        CURRENCIES_ECB_URL=f"{banks.address}/ecb",
    )
    arguments = [sys.executable, "manage.py", "fetch_rates", "--from", "2026-03-02", "--to", "2026-03-06"]
    terminal, other_end = pty.openpty()
    termios.tcsetwinsize(other_end, (24, 100))
    answer = subprocess.run(
        arguments, env=own, stdout=subprocess.PIPE, stderr=other_end, timeout=60, check=False, text=True
    )
    shown = os.read(terminal, 65536).decode()
    os.close(other_end)
    assert answer.returncode == 0, shown
    assert answer.stdout == f"{house.tenant.slug}/North: ecb: 20 new, 0 corrected, 0 unchanged, 125 left out\n"
    assert f"{house.tenant.slug}/North: ecb: 100%" in shown
    assert "2/2" in shown


def test_the_addresses_of_the_banks_can_be_set(settings: Any) -> None:
    assert settings.CURRENCIES_ECB_URL == settings.CURRENCIES_NBP_URL == ""
