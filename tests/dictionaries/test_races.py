"""Merges and deletions beside writers: nobody is left pointing to a value that went."""

from __future__ import annotations

import pytest

from apps.dictionaries.errors import EntryInUse, MergeImpossible
from apps.dictionaries.services import create_entry, delete_entry, merge_entry, reorder_dictionary, set_default_entry
from apps.kernel.errors import InvalidInput, PlatformError, RowNotFound
from apps.kernel.tenancy.scope import using_scope
from tests.dictionaries.factories import entry_of, genres, make_dictionary, offered
from tests.support.crowds import all_at_once
from tests.support.scopes import House
from tests.support.shelf.services import create_book

pytestmark = pytest.mark.committed


def test_writers_beside_a_merge_point_to_what_stays_or_hear_that_the_value_is_gone(house: House) -> None:
    parent = make_dictionary(house, "Novel", "novels")
    wrong, right = (entry_of(house, parent, value).pk for value in ("novels", "Novel"))

    def act(number: int) -> object:
        if number == 7:
            return merge_entry(wrong, into_id=right)
        return create_book(title=f"Book {number:02}", code=str(number), genre_id=wrong)

    with using_scope(house.scope()):
        answers = all_at_once(16, act)
    refused = [answer for answer in answers if isinstance(answer, PlatformError)]
    assert all(isinstance(answer, InvalidInput) for answer in refused), refused
    assert set(genres(house).values()) <= {"Novel"}
    assert len(genres(house)) == 15 - len(refused)


def test_a_value_is_deleted_or_used_and_never_both(house: House) -> None:
    parent = make_dictionary(house, "Novel")
    novel = entry_of(house, parent, "Novel").pk

    def act(number: int) -> object:
        return (
            delete_entry(novel) if number % 2 else create_book(title=f"{number:02}", code=str(number), genre_id=novel)
        )

    with using_scope(house.scope()):
        answers = all_at_once(12, act)
    gone = offered(house, parent) == []
    assert gone == (genres(house) == {})
    kinds = (InvalidInput, RowNotFound) if gone else (EntryInUse,)
    assert all(isinstance(answer, kinds) for answer in answers if isinstance(answer, PlatformError)), answers


def test_two_merges_into_each_other_leave_one(house: House) -> None:
    parent = make_dictionary(house, "a", "b")
    first, second = (entry_of(house, parent, value).pk for value in "ab")
    pairs = [(first, second), (second, first)] * 4
    with using_scope(house.scope()):
        answers = all_at_once(8, lambda number: merge_entry(pairs[number][0], into_id=pairs[number][1]))
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 7, answers
    assert all(isinstance(answer, MergeImpossible | RowNotFound) for answer in refused), refused
    assert len(offered(house, parent)) == 1


def test_many_changes_of_one_dictionary_follow_one_another(house: House) -> None:
    parent = make_dictionary(house, "a", "b")
    ids = [entry_of(house, parent, value).pk for value in "ab"]

    def act(number: int) -> object:
        if number < 8:
            return create_entry(dictionary_id=parent.pk, value=f"v{number % 4}")
        return set_default_entry(ids[number % 2]) if number < 12 else reorder_dictionary(parent.pk, entry_ids=ids)

    with using_scope(house.scope()):
        answers = all_at_once(16, act)
    odd = [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, PlatformError)]
    assert odd == []
    assert sorted(offered(house, parent)) == ["a", "b", "v0", "v1", "v2", "v3"]
    assert sum(entry_of(house, parent, value).is_default for value in ("a", "b")) == 1
