"""`manage.py modules`: what it lists, what it finds wrong, and what it draws."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from apps.kernel.eventbus.subscribing import SUBSCRIBERS, subscribe
from apps.kernel.management.overview.drawing import dot, edges_of, mermaid, table, tree
from apps.kernel.management.overview.facts import Facts, contract_imports, facts_of, idle_modules
from apps.kernel.management.overview.judging import problems_of
from apps.kernel.registry.modules import Manifest, ModuleConfig, modules

ROOT = Path(settings.BASE_DIR)
NOTHING: dict[str, Any] = dict.fromkeys(("entities", "routes", "features", "events", "commands"), ())
BARE = Facts(id="bare", label="Bare", migration="", requires=(), contracts=(), hears=(), **NOTHING)


def told(*words: str) -> str:
    output = StringIO()
    call_command("modules", *words, stdout=output)
    return output.getvalue()


def texts(*facts: Facts, root: Path = ROOT, **manifest: Any) -> list[str]:
    """Problems of modules that stand in for one whose folder is that of currencies."""
    config = configured(**manifest)
    return [problem.text for problem in problems_of([config] * len(facts), list(facts), root=root)]


def configured(**manifest: Any) -> ModuleConfig:
    class Standing(ModuleConfig):
        """Currencies under another manifest."""

        name = "apps.currencies"
        label = "standing"

    Standing.manifest = Manifest(**{"id": "currencies", "label": "Standing", **manifest})
    return Standing("apps.currencies", apps.get_app_config("currencies").module)


def currencies() -> Facts:
    return next(item for item in facts_of(modules()) if item.id == "currencies")


def test_the_house_has_nothing_wrong() -> None:
    house = [config for config in modules() if config.name.startswith("apps.")]
    assert problems_of(house, facts_of(house), root=ROOT) == []


def test_a_list_counts_what_there_is() -> None:
    lines = told("list").splitlines()
    assert lines[0].split() == (
        ["module", "label", "enabled", "migration", "entities", "routes", "features", "events", "commands", "requires"]
    )
    facts = currencies()
    row = next(line for line in lines if line.startswith("currencies "))
    counts = [str(len(item)) for item in (facts.entities, facts.routes, facts.features, facts.events, facts.commands)]
    assert row.split()[2:9] == ["yes", facts.migration, *counts]
    assert row.endswith("directory")
    assert {line.find("  yes  ") for line in lines[2:] if "  yes  " in line} == {lines[0].find("  enabled")}


def test_a_list_for_programs_names_what_it_counts() -> None:
    listed = {item["id"]: item for item in json.loads(told("list", "--json"))}
    assert listed["currencies"]["enabled"] is True
    assert "currencies.currency" in listed["currencies"]["entities"]
    assert "POST /api/currencies/currencies/" in listed["currencies"]["routes"]
    assert "currencies.currency.create" in listed["currencies"]["commands"]


def test_a_module_that_is_not_installed_is_listed_as_such(tmp_path: Path) -> None:
    for name in ("spare", "used"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "apps.py").touch()
    assert idle_modules(tmp_path, {"apps.used"}) == ["spare"]


def test_a_check_of_tests_own_module_fails_with_hints(capsys: pytest.CaptureFixture[str]) -> None:
    """The shelf of the tests keeps records and is no module of the house: it has neither a page nor tests."""
    with pytest.raises(SystemExit) as ended:
        call_command("modules", "check")
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "shelf: has no page\n    write docs/modules/shelf.md" in said
    assert not any(line.startswith(("currencies:", "auth:", "directory:")) for line in said.splitlines())


def test_what_is_required_and_missing_is_named() -> None:
    facts = replace(currencies(), requires=("directory", "nowhere"))
    directory = replace(BARE, id="directory")
    assert "requires nowhere, which is not installed" in texts(directory, facts)


def test_a_circle_is_named_once() -> None:
    facts = [replace(BARE, id=name, requires=(needed,)) for name, needed in ("ab", "bc", "ca", "da")]
    found = [text for text in texts(*facts) if "requires itself" in text]
    assert found == ["requires itself: a → b → c → a"]


def test_a_module_with_records_has_all_its_files() -> None:
    facts = replace(currencies(), requires=())
    assert texts(facts) == []
    with_readers = [replace(BARE, id=name) for name in ("search", "entities")]
    folder = Path(apps.get_app_config("currencies").path)
    for name in ("search", "custom_fields"):
        missing = f"keeps records and has no {name}.py" in texts(*with_readers, facts)
        assert missing is not (folder / f"{name}.py").exists()


def test_what_is_left_out_has_a_reason_and_is_not_there(tmp_path: Path) -> None:
    facts = replace(currencies(), requires=())
    assert "leaves out events, and has it" in texts(facts, leaves_out={"events": "it tells nothing"})
    config = configured(leaves_out={"events": "nothing happens here"})
    config.path = str(tmp_path)
    found = [problem.text for problem in problems_of([config], [facts], root=ROOT)]
    assert "keeps records and has no models.py" in found
    assert "keeps records and has no api/" in found
    assert "keeps records and has no events.py" not in found


def test_records_that_nobody_may_see_are_found() -> None:
    facts = replace(currencies(), requires=(), features=())
    assert any("nobody can be allowed to see them" in text for text in texts(facts))


def test_an_address_without_a_test_is_found() -> None:
    facts = replace(currencies(), requires=(), routes=("GET /api/currencies/doub" + "loons/",))
    assert texts(facts) == ["no test calls /api/currencies/doub" + "loons"]


def test_a_module_without_tests_and_page_is_found(tmp_path: Path) -> None:
    facts = replace(currencies(), requires=(), routes=())
    assert texts(facts, root=tmp_path) == ["has no page", "has no tests of its own"]


def test_imports_of_contracts_and_subscriptions_are_seen(tmp_path: Path) -> None:
    (tmp_path / "services.py").write_text("from apps.sales.contracts import Order\nfrom apps.kernel import clock\n")
    (tmp_path / "models.py").write_text("from apps.library.contracts import Book\n")
    assert contract_imports(tmp_path) == {"library", "sales"}
    assert "directory" in currencies().contracts


def test_whose_events_a_module_hears_is_seen() -> None:
    def handler(payload: Any, ctx: Any) -> None:
        """Hear and do nothing."""

    handler.__module__ = "apps.currencies.subscribers"
    subscribe("sales.order.*", id="tests.hearing")(handler)
    try:
        assert currencies().hears == ("sales",)
    finally:
        SUBSCRIBERS.remove("tests.hearing")


DRAWN = (
    replace(BARE, id="low", label="Low"),
    replace(BARE, id="high", label="High", requires=("low",), contracts=("low",), hears=("*",)),
)


def test_a_tree_names_what_each_module_knows() -> None:
    assert tree(DRAWN).splitlines() == [
        "low",
        "high",
        "├─ requires   low",
        "├─ contracts  low",
        "└─ hears      everybody",
    ]


def test_the_languages_of_drawing_programs_have_every_edge() -> None:
    assert [edge.how for edge in edges_of(DRAWN)] == ["requires", "contracts", "hears"]
    assert mermaid(DRAWN).splitlines()[3:] == [
        "    high --> low",
        "    high -. contracts .-> low",
        "    high -. events .-> everybody",
    ]
    assert '"high" -> "low" [style=solid, label="requires"];' in dot(DRAWN)


def test_the_graph_of_the_house_is_drawn_in_every_form() -> None:
    assert "├─ requires   directory" in told("graph")
    assert told("graph", "--format", "mermaid").startswith("graph BT\n")
    assert told("graph", "--format", "dot").rstrip().endswith("}")
    edges = json.loads(told("graph", "--json"))
    assert {"source": "currencies", "target": "directory", "how": "requires"} in edges


def test_numbers_of_a_table_stand_under_each_other() -> None:
    drawn = table(("name", "n"), (("a", "1"), ("long name", "10")), right=frozenset({"n"}))
    assert drawn.splitlines() == ["name        n", "---------  --", "a           1", "long name  10"]
