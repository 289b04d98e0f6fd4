"""Under row-level security the indexes serve what searches ask: the conditions stand in the index, not behind it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Q

from apps.kernel.access.grants import Access
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.search.calculations.lexemes import asked_chunks, question_of, tag_of
from apps.search.models import SearchDocument, SearchWord
from apps.search.selectors.kinds import reachable
from apps.search.selectors.questions import matching
from tests.support.databases import admin
from tests.support.scopes import House


def words(text: str) -> Q:
    return matching(question_of(asked_chunks(text), tag=tag_of(current_scope().tenant_id), stem=lambda _word: ""))


QUESTIONS: dict[str, Any] = {
    "search_document_words": lambda: SearchDocument.objects.filter(words("c4ca4238a0b923820dcc509a6f75849b 1")),
    "search_document_tokens": lambda: SearchDocument.objects.filter(
        tokens__contains=["c4ca4238a0b923820dcc509a6f75849b"]
    ),
    "search_document_title": lambda: SearchDocument.objects.filter(title_key__startswith="c4ca42"),
    "search_word_alike": lambda: SearchWord.objects.filter(
        word__trigram_similar="c4ca4238a0b923820dcc509a6f75849b"
    ).annotate(likeness=TrigramSimilarity("word", "c4ca")),
}


FILL = """
SET session_replication_role = replica;
INSERT INTO search_document (id, tenant_id, created_at, updated_at, entity, record_id, title, subtitle, title_key,
    words, tokens, source_digest, language, checksum)
SELECT uuid7(), %(tenant)s, now(), now(), 'shelf.book', uuid7(), word, '', word,
    format('''%%1$s%%2$s'':1A ''%%1$s%%3$s'':2A', %(tag)s::text, word, number %% 50)::tsvector,
    jsonb_build_array(md5(word)), '', 'simple', ''
FROM (SELECT number, md5(number::text) AS word FROM generate_series(1, 20000) AS number) AS drawn;
INSERT INTO search_word (id, tenant_id, created_at, word)
SELECT uuid7(), %(tenant)s, now(), md5(number::text) FROM generate_series(1, 20000) AS number;
"""


@pytest.mark.prove
@pytest.mark.committed
def test_indexes_serve_the_conditions(house: House) -> None:
    tenant = house.tenant.pk
    with admin(str(connection.settings_dict["NAME"])) as session:
        session.cursor().execute(client_side(FILL, {"tenant": str(tenant), "tag": tag_of(tenant)}))
        session.execute("ANALYZE search_document, search_word")
    plans = {}
    with using_scope(house.scope()), scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        for index, question in QUESTIONS.items():
            plans[index] = question().explain()
    assert [index for index, plan in plans.items() if index not in plan] == [], plans


def client_side(text: str, values: dict[str, str]) -> bytes:
    """The statements with the values in them: several at once take no parameters."""
    quoted = {name: f"'{value}'" for name, value in values.items()}
    return (text % quoted).encode()


def test_restriction_is_a_condition_of_the_same_statement(house: House) -> None:
    reader = Access(granted=frozenset({"shelf.books.view"}), organization_ids=None)
    with using_scope(house.scope(access=reader)), scoped_transaction():
        assert "shelf_book" in str(reachable(["shelf.book"]).query)
        assert "shelf_book" not in str(reachable(["currencies.currency"]).query)
