"""Searches over a million documents under row-level security, and how soon a change is found."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from random import Random
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.db import connection

from apps.currencies.models import Currency
from apps.currencies.services import update_currency
from apps.customers.services import create_person, update_person
from apps.directory.services import create_organization
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.search.calculations.lexemes import asked_chunks, question_of, tag_of
from apps.search.contracts import SEARCHABLES, Searchable
from apps.search.models import SearchDocument
from apps.search.selectors.hits import Question, token_hits, word_hits
from apps.search.selectors.kinds import reachable
from apps.search.services.indexing import index_records, writing
from apps.search.services.searching import find
from benchmarks.databases import loading
from benchmarks.figures import Figure
from benchmarks.houses import ids, open_tenants, staff_scope
from benchmarks.options import Options
from benchmarks.timing import Samples, medians, milliseconds, take_turns

LARGE = 1_000_000
OTHERS = 19  # tenants beside the large one, with a quarter of its documents in all
QUESTIONS = 100
WRITES = 100
MOST_MS, MOST_SECONDS = 50, 2
KIND, PERSON = "currencies.currency", "customers.person"
SYLLABLES = (
    "ba be bo da den dor fa fel gan gor ha hen il jan ka kel kor la len lor"
    " ma mer mo na nel nor o pa per ra ren ros sa sen tor u van wer za zil"
)
INDEXES = ("search_document_words", "search_document_tokens", "search_document_title")
# Sixty-four thousand words of three syllables, of which a few stand in many documents and most in few.
WORDS = """
CREATE TEMP TABLE vocabulary AS
SELECT row_number() OVER (ORDER BY md5(a || b || c)) AS number, a || b || c AS word
FROM string_to_table(%(all)s, ' ') AS a, string_to_table(%(all)s, ' ') AS b, string_to_table(%(all)s, ' ') AS c
"""
LOAD = """
INSERT INTO search_document (id, tenant_id, organization_id, created_at, updated_at, entity, record_id, title, subtitle,
    title_key, words, tokens, source_digest, language, checksum)
SELECT uuid7(), tenant, organization, now(), now(), %(kind)s, uuid7(), title, 'bc-' || number, title,
    (SELECT string_agg(format('''%%s%%s'':%%s%%s', tag, word, place, CASE WHEN place <= 3 THEN 'A' ELSE 'C' END), ' ')
        FROM unnest(said) WITH ORDINALITY AS w (word, place))::tsvector
        || format('''%%1$sbc'':12B ''%%1$s%%2$s'':13B ''%%1$sbc%%2$s'':13B', tag, number)::tsvector,
    jsonb_build_array(md5(tag || number)), '', 'simple', md5(number::text)
FROM (
    SELECT number, said, array_to_string(said[1:3], ' ') AS title, (%(tenants)s::uuid[])[place] AS tenant,
        (%(organizations)s::uuid[])[place] AS organization, (%(tags)s::text[])[place] AS tag
    FROM (
        SELECT document.number, CASE WHEN document.number %% 5 = 0 THEN 2 + document.number / 5 %% %(others)s ELSE 1 END
            AS place,
            ARRAY(SELECT word FROM (SELECT floor(power(64000, random()))::int AS number
                FROM generate_series(1, 11) AS s WHERE s + document.number > 0 OFFSET 0) AS dice
                JOIN vocabulary USING (number)) AS said
        FROM generate_series(1, %(rows)s) AS document (number)) AS drawn
) AS facts
"""
LEARN = "INSERT INTO search_word (id, tenant_id, created_at, word) SELECT uuid7(), %s, now(), word FROM vocabulary"
BUILT = """
INSERT INTO search_index (id, tenant_id, created_at, updated_at, entity, is_built, is_rebuilding, done, total, missing,
    stale, orphaned, last_error) SELECT uuid7(), %s, now(), now(), %s, true, false, 0, 0, 0, 0, 0, ''
"""
# What the words cost without anything around them: no ways beside, no counts, no titles; ranked whatever there is.
BARE = """
SELECT id, title FROM search_document WHERE tenant_id = %s AND words @@ %s::tsquery
ORDER BY ts_rank(words, %s::tsquery) DESC LIMIT 20
"""


def run(options: Options) -> Iterator[Figure]:
    """Load the documents, search them in every way, then change records and wait until they are found."""
    rows = options.size(LARGE)
    [tenant] = open_tenants(1)
    with using_scope(staff_scope(tenant, ids(1))):
        organization = create_organization(name="Benchmark").pk
    scope = staff_scope(tenant, [organization])
    _load(rows, tenant, organization)
    with using_scope(scope), scoped_transaction():
        asked = Asked(rows, tenant)
        yield from _ways(asked, f"{rows:,} documents")
    yield _freshness(scope)
    with using_scope(scope):
        yield from _following()


def _load(rows: int, tenant: UUID, organization: UUID) -> None:
    tenants, organizations = [tenant, *ids(OTHERS)], [organization, *ids(OTHERS)]
    facts = {"kind": KIND, "tenants": tenants, "organizations": organizations, "tags": list(map(tag_of, tenants))}
    with loading() as session:
        found = session.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'search_document'")
        definitions = [text for name, text in found.fetchall() if name in INDEXES]
        for name in INDEXES:
            session.execute(f"DROP INDEX {name}".encode())
        session.execute(WORDS, {"all": SYLLABLES})
        session.execute("CREATE UNIQUE INDEX ON vocabulary (number); ANALYZE vocabulary")
        session.execute(LOAD, {**facts, "others": OTHERS, "rows": rows * 5 // 4})
        session.execute("SET maintenance_work_mem = '512MB'")
        for definition in definitions:
            session.execute(definition.encode())
        session.execute(LEARN, [tenant])
        session.execute(BUILT, [tenant, KIND])


class Asked:
    """What people type, made of what is there: the same for every way, in the same order."""

    def __init__(self, rows: int, tenant: UUID) -> None:
        dice = Random(7)  # noqa: S311
        ends = sorted(
            SearchDocument.objects.order_by(end).values_list("id", flat=True)[:1].get() for end in ("id", "-id")
        )
        self.tag, self.tenant = tag_of(tenant), tenant
        self.rows = reachable([KIND])
        self.titles, self.codes = [], []
        for _ in range(QUESTIONS):
            near = UUID(int=dice.randrange(ends[0].int, ends[1].int))
            found = (
                SearchDocument.objects.filter(id__gte=near).order_by("id").values_list("title", "subtitle")[:1].get()
            )
            self.titles.append(found[0].split())
            self.codes.append(found[1])
        self.dice = dice

    def kinds(self) -> dict[str, list[str]]:
        """Questions by what people do."""
        return {
            "two words, the second begun": [f"{one} {two[:4]}" for one, two, *_ in self.titles],
            "one word": [words[self.dice.randrange(len(words))] for words in self.titles],
            "a word begun, four letters": [words[0][:4] for words in self.titles],
            "a code": self.codes,
            "a word mistyped": [_mistyped(words[0], self.dice) for words in self.titles],
        }


def _mistyped(word: str, dice: Random) -> str:
    place = dice.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _ways(asked: Asked, size: str) -> Iterator[Figure]:
    kinds = asked.kinds()
    mixed = [text for texts in zip(*kinds.values(), strict=True) for text in texts]
    Random(9).shuffle(mixed)  # noqa: S311
    bare = _taken(lambda text: _bare(asked, text), mixed)
    against = "one statement for the words alone: the twenty best titles, ranked whatever there is"
    merged = _taken(find, mixed)
    yield _figure(f"{size}: search, all kinds of questions", merged, bare, against, is_promised=True)
    for name, texts in kinds.items():
        taken, plain = _taken(find, texts), _taken(lambda text: _bare(asked, text), texts)
        yield _figure(f"{size}: {name}", taken, plain, against)
    hashed = _taken(lambda text: token_hits(Question(text, asked.rows, "simple")), mixed)
    yield _figure(f"{size}: whole private values alone", hashed, None, "")
    words = _taken(lambda text: word_hits(Question(text, asked.rows, "simple")), mixed)
    yield _figure(f"{size}: words alone", words, bare, against)


def _taken(call: Callable[[str], object], texts: Sequence[str]) -> Samples:
    """Milliseconds of each question, after some that warm up."""
    for text in texts[:20]:
        call(text)
    found = []
    for text in texts:
        began = time.perf_counter()
        call(text)
        found.append((time.perf_counter() - began) * 1_000)
    return Samples(tuple(sorted(found)))


def _bare(asked: Asked, text: str) -> None:
    question = question_of(asked_chunks(text), tag=asked.tag, stem=lambda _word: "")
    with connection.cursor() as cursor:
        cursor.execute(BARE, [asked.tenant, question, question])
        cursor.fetchall()


def _figure(name: str, taken: Samples, bare: Samples | None, against: str, *, is_promised: bool = False) -> Figure:
    note = f"median {taken.median:.1f} ms" + (f", of the baseline {bare.median:.1f} ms" if bare else "")
    return Figure(
        f"{name}, p95",
        taken.p95,
        baseline=bare.p95 if bare else None,
        against=against,
        target=f"< {MOST_MS} ms" if is_promised else "",
        met=taken.p95 < MOST_MS if is_promised else None,
        note=note,
    )


def _freshness(scope: Scope) -> Figure:
    """From a command's return until its record is found, with a worker in a process of its own."""
    with using_scope(scope):
        with scoped_transaction():
            currency: Currency = Currency.objects.filter(deleted_at__isnull=True).order_by("pk")[:1].get()
        with _worker():
            taken = [_until_found(currency.pk, f"Fresh{number}") for number in range(WRITES)]
    samples = Samples(tuple(sorted(taken)))
    return Figure(
        "a change is found, p95",
        samples.p95,
        "s",
        target=f"< {MOST_SECONDS} s",
        met=samples.p95 < MOST_SECONDS,
        note=f"median {samples.median:.3f} s; {WRITES} changes one after the other, the worker looks every 20 ms",
    )


def _following() -> Iterator[Figure]:
    """What an e-mail and a phone in the index cost when a person changes: a worker pays it, behind the change."""
    points = [{"channel": "email", "value": "ada@example.org"}, {"channel": "phone", "value": "+48601234987"}]
    person = create_person(first_name="Ada", last_name="King", contact_points=points).pk
    hashed = SEARCHABLES[PERSON]
    numbers = count()

    def patch() -> None:
        update_person(person, job_title=f"Buyer {next(numbers)}")

    def patch_and_index(kind: Searchable) -> None:
        patch()
        with writing([PERSON]) as way:
            index_records(kind, [person], way)

    plain = replace(hashed, hashed=None)
    readings = {
        "patch": milliseconds(patch),
        "hashed": milliseconds(lambda: patch_and_index(hashed)),
        "plain": milliseconds(lambda: patch_and_index(plain)),
    }
    taken = take_turns(readings, rounds=WRITES, warm_up=WRITES // 10)
    against = {"patch": "the patch alone", "plain": "the same without digests of e-mails and phones"}
    for name, text in against.items():
        title = (
            f"patch of a person and its document, beside {'the patch' if name == 'patch' else 'one without digests'}"
        )
        value, bare = taken["hashed"], taken[name]
        yield Figure(title, value.median, baseline=bare.median, against=text, note=medians(value, bare))


def _until_found(currency_id: UUID, name: str) -> float:
    update_currency(currency_id, name=name)
    began = time.monotonic()
    while time.monotonic() - began < 30:
        with scoped_transaction():
            if find(name, entities=[KIND]).counts:
                return time.monotonic() - began
        time.sleep(0.005)
    raise AssertionError(f"{name} was not found within 30 seconds")


@contextmanager
def _worker() -> Iterator[None]:
    parts = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "-m", "benchmarks.search_worker"]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "DATABASE_URL": address})
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        yield
    finally:
        worker.kill()
        worker.wait()
