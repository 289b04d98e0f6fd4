"""Nothing that callers rely on disappears unnoticed, and nothing new stays unwritten."""

from __future__ import annotations

import pytest

from tests.architecture.public_names import frozen, merged, present

GONE = "these have gone; if that is meant, take them out of public_names.json and write a line in docs/upgrade-notes.md"
NEW = "these are new: run python -m tests.architecture.public_names"
GROUPS = (
    *("routes", "features", "commands", "events", "entities", "work_kinds"),
    *("mail_templates", "notification_types", "error_codes"),
)


@pytest.mark.parametrize("group", GROUPS)
def test_no_public_name_has_disappeared(group: str) -> None:
    assert set(frozen()[group]) - set(present()[group]) == set(), GONE


@pytest.mark.parametrize("group", GROUPS)
def test_every_public_name_is_written_down(group: str) -> None:
    assert set(present()[group]) - set(frozen()[group]) == set(), NEW


def test_writing_adds_and_never_takes_away() -> None:
    assert merged({"routes": ["GET /a"]}, {"routes": ["GET /b"]}) == {"routes": ["GET /a", "GET /b"]}


def test_the_snapshot_is_not_empty() -> None:
    assert all(len(frozen()[group]) > 0 for group in GROUPS)
