"""What the pages point to is there: files, parts of pages, commands, settings, pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from apps.kernel.registry.modules import modules
from tests.architecture.test_deploy import FOREIGN, READ, named

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
INDEX = DOCS / "README.md"
FENCED = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
COMMAND = re.compile(r"manage\.py ([a-z][a-z_]+)")
VARIABLE = re.compile(r"\b((?:AGORA|DATABASE|REDIS)_[A-Z_]*[A-Z])\b")
# Of the tests, benchmarks and examples of the pages.
ELSEWHERE = {
    "AGORA_BENCH_HOME", "AGORA_BENCH_SIZE", "AGORA_CHROMIUM", "AGORA_IMAGE", "AGORA_PROVE_SIZE", "AGORA_RENEW_COUNTS",
    "AGORA_SHOTS", "AGORA_TEST_HOME",
}  # fmt: skip
LARGEST_PICTURE = 200_000


def prose(page: Path) -> str:
    """The page without its blocks and words of code, where brackets mean something else."""
    return CODE.sub("", FENCED.sub("", page.read_text()))


def links(page: Path) -> list[tuple[Path, str]]:
    """Files that the page points to, each with the part of it that is meant, or ""."""
    found = [target.partition("#") for target in LINK.findall(prose(page))]
    return [(page if not path else (page.parent / path).resolve(), part) for path, _, part in found]


def anchors(page: Path) -> set[str]:
    """Parts of a page as GitHub names them."""
    texts = HEADING.findall(FENCED.sub("", page.read_text()))
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in texts}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert [str(target) for target, _ in links(page) if not target.exists()] == []
    parts = [(target, part) for target, part in links(page) if part]
    assert [part for target, part in parts if part not in anchors(target)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_and_settings_of_a_page_exist(page: Path) -> None:
    text = page.read_text()
    assert set(COMMAND.findall(text)) - set(get_commands()) == set()
    assert {named(name) for name in VARIABLE.findall(text)} - set(READ) - FOREIGN - ELSEWHERE == set()


def test_the_index_names_every_page() -> None:
    named_there = {target for target, _ in links(INDEX)}
    assert set(PAGES) - {INDEX} - named_there == set(), "no reader is led here: say in docs/README.md for whom it is"


def test_every_module_with_records_has_a_page_that_the_readme_names() -> None:
    ids = {config.manifest.id for config in modules() if config.name.startswith("apps.")}
    assert {name for name in ids if (DOCS / "modules" / f"{name}.md").exists()} == ids
    shown = {target for target, _ in links(ROOT / "README.md")}
    assert {name for name in ids if DOCS / "modules" / f"{name}.md" not in shown} == set()


def test_pictures_are_small_and_shown() -> None:
    pictures = set((DOCS / "pictures").iterdir())
    assert {path.name for path in pictures if path.stat().st_size > LARGEST_PICTURE} == set()
    assert pictures <= {target for page in PAGES for target, _ in links(page)}


def test_the_tests_of_links_would_find_a_broken_one(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[one](gone.md), `[no](link.md)`, [three](#here)\n\n```\n[no](code.md)\n```\n\n## Not here\n")
    assert links(page) == [(tmp_path / "gone.md", ""), (page, "here")]
    assert anchors(page) == {"not-here"}
