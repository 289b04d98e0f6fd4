"""Folding, lexemes, ranking and marking, as tables."""

from __future__ import annotations

from uuid import UUID

import pytest

from apps.search.calculations.digests import checksum_of, spellings, tokens_of
from apps.search.calculations.folding import LONGEST_WORD, chunks, folded, folded_line
from apps.search.calculations.lexemes import (
    MOST_PLACES,
    MOST_WORDS,
    asked_chunks,
    question_of,
    tag_of,
    vector_of,
    vocabulary_of,
)
from apps.search.calculations.marking import marked, wanted_words
from apps.search.calculations.ranking import K, counted, distance, merged, near_words

TENANT = UUID("01900000-0000-7000-8000-000000000001")


def no_stem(word: str) -> str:
    return ""


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zażółć GĘŚLĄ jaźń", "zazolc gesla jazn"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Müller", "muller"),
        ("Mu\u0308ller", "muller"),
        ("Ærø Łódź Đorđe Þór", "aero lodz dorde thor"),
        ("İstanbul", "istanbul"),
        ("ﬁsh ½ ①", "fish 1\u20442 1"),
        ("Привет Ёлка", "привет елка"),
        ("日本語", "日本語"),
        ("a\0b", "a b"),
        ("", ""),
    ],
)
def test_letters_are_folded(text: str, plain: str) -> None:
    assert folded(text) == plain
    assert folded(folded(text)) == plain


def test_lines_are_compared_with_single_spaces() -> None:
    assert folded_line("  Die\u00a0 Straße\n") == "die strasse"


@pytest.mark.parametrize(
    ("text", "words", "glued"),
    [
        ("AC-100/2", ["ac", "100", "2"], ["ac1002"]),
        ("o'neill", ["o", "neill"], ["oneill"]),
        ("Müller-Lüdenscheidt", ["muller", "ludenscheidt"], ["mullerludenscheidt"]),
        ("one two", ["one", "two"], ["", ""]),
        ("-- ! __", [], []),
        ("x" * 100, ["x" * LONGEST_WORD], [""]),
    ],
)
def test_texts_are_taken_apart(text: str, words: list[str], glued: list[str]) -> None:
    found = list(chunks(text))
    assert [word for chunk in found for word, _others in chunk.words] == words
    assert [chunk.glued for chunk in found] == glued


def test_umlauts_have_two_spellings() -> None:
    [chunk] = chunks("Größe")
    assert chunk.words == (("grosse", ("groesse",)),)


@pytest.mark.parametrize(
    ("text", "vector"),
    [
        ("Dune", "'t/dune':1A"),
        ("AC-100", "'t/ac':1A 't/100':2A 't/ac100':2A"),
        ("Müll", "'t/mull':1A 't/muell':1A"),
        ("a b a", "'t/a':1A,3A 't/b':2A"),
        ("'; DROP \\ ''", "'t/drop':1A"),
    ],
)
def test_vectors_are_written_as_postgresql_reads_them(text: str, vector: str) -> None:
    assert vector_of([(text, "A")], tag="t/", stem=no_stem) == vector


def test_vectors_have_weights_stems_and_limits() -> None:
    stems = {"running": "run"}
    vector = vector_of([("Running", "A"), ("shoes", "D")], tag="t", stem=lambda word: stems.get(word, ""))
    assert vector == "'trunning':1A 't/run':1A 'tshoes':2D"
    many = vector_of([("word " * (MOST_WORDS + 50), "A")], tag="", stem=no_stem)
    assert many.count(",") + 1 == MOST_PLACES
    distinct = vector_of([(" ".join(f"w{number}" for number in range(MOST_WORDS + 50)), "A")], tag="", stem=no_stem)
    assert len(distinct.split()) == MOST_WORDS


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("dune", "(('tdune':*))"),
        ("red d", "(('tred')) & (('td'))"),
        ("ac-10", "((('tac') & ('t10':*)) | 'tac10':*)"),
        ("müll", "(('tmull':* | 'tmuell':*))"),
        ("!?", ""),
    ],
)
def test_questions_are_written_as_postgresql_reads_them(text: str, question: str) -> None:
    assert question_of(asked_chunks(text), tag="t", stem=no_stem) == question


def test_questions_take_stems_and_words_that_were_meant() -> None:
    asked = question_of(asked_chunks("smiht run"), tag="t", stem=lambda word: word[:2], instead={"smiht": ["smith"]})
    assert asked == "(('tsmiht' | 't/sm' | 'tsmith')) & (('trun':* | 't/ru'))"
    assert len(asked_chunks("w " * 50)) == 12


def test_a_tag_is_short_and_of_the_tenant() -> None:
    assert tag_of(TENANT) == tag_of(UUID(str(TENANT))) != tag_of(UUID(int=TENANT.int + 1))
    assert (len(tag_of(TENANT)), tag_of(TENANT).isalnum()) == (6, True)


def test_the_vocabulary_is_of_words_with_letters_alone() -> None:
    assert vocabulary_of(["Dune of AC-100 in Łódź", "x" * 41]) == {"dune", "lodz"}


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("smith", "smith", 0),
        ("smiht", "smith", 1),
        ("smth", "smith", 1),
        ("smitth", "smith", 1),
        ("smyth", "smith", 1),
        ("kowalsky", "kowalski", 1),
        ("abcdef", "fedcba", 3),
        ("a", "abcdefgh", 3),
    ],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert (distance(one, other, 2), distance(other, one, 2)) == (slips, slips)


def test_near_words_are_few_and_the_nearest_first() -> None:
    words = ["smith", "smyth", "smiths", "simth", "schmidt", "smiht"]
    assert near_words("smiht", words, most=2) == ["smith"]
    assert near_words("kowalsky", ["kowalski", "kowalska", "kowal"], most=4) == ["kowalska", "kowalski"]


def test_lists_are_merged_by_reciprocal_rank() -> None:
    found = merged([["a", "b"], ["b", "c"]])
    assert list(found) == ["b", "a", "c"]
    assert found == {"b": 1 / (K + 2) + 1 / (K + 1), "a": 1 / (K + 1), "c": 1 / (K + 2)}
    assert merged([]) == {}


def test_kinds_are_counted_the_most_frequent_first() -> None:
    assert list(counted(["x", "y", "y", "a"]).items()) == [("y", 2), ("a", 1), ("x", 1)]


@pytest.mark.parametrize(
    ("text", "asked", "html"),
    [
        ("Dune & <b>", "dune", "<mark>Dune</mark> &amp; &lt;b&gt;"),
        ("Łódź, Łódzka", "lodz", "<mark>Łódź</mark>, <mark>Łódzka</mark>"),
        ("Mueller", "Müller", "<mark>Mueller</mark>"),
        ("Müller", "mueller", "<mark>Müller</mark>"),
        ("AC-100", "ac-10", "<mark>AC</mark>-<mark>100</mark>"),
        ("a ab", "a", "<mark>a</mark> ab"),
        ("<script>x</script>", "script", "&lt;<mark>script</mark>&gt;x&lt;/<mark>script</mark>&gt;"),
        ("", "x", ""),
    ],
)
def test_what_was_looked_for_is_marked_and_the_rest_escaped(text: str, asked: str, html: str) -> None:
    assert marked(text, wanted_words(asked_chunks(asked))) == html


@pytest.mark.parametrize(
    ("value", "forms"),
    [
        (" Anna@Example.ORG ", {"anna@example.org"}),
        ("+48 601-234-567", {"+48 601-234-567", "48601234567"}),
        ("12345", {"12345"}),
        ("", set()),
        ("x" * 1001, set()),
    ],
)
def test_whole_values_have_forms(value: str, forms: set[str]) -> None:
    assert spellings(value) == forms


def test_tokens_need_the_key() -> None:
    one, other = tokens_of(["Anna"], pepper=b"k" * 32), tokens_of(["Anna"], pepper=b"l" * 32)
    assert one == tokens_of(["anna "], pepper=b"k" * 32) != other
    assert [len(token) for token in one + other] == [32, 32]


def test_checksums_keep_parts_apart() -> None:
    assert checksum_of(["ab", "c"]) != checksum_of(["a", "bc"])
    assert checksum_of(["ab"]) == checksum_of(["ab"])
