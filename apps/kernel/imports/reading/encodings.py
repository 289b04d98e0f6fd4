"""In which letters a file of text is written."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, Final

from charset_normalizer import from_bytes

SAMPLE: Final = 128 * 1024
# What a guess may come to, and what people may choose; names as Python and browsers know them.
ENCODINGS: Final = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "cp1250",
    "cp1252",
    "iso8859-2",
    "iso8859-15",
    "cp852",
    "cp850",
    "mac-roman",
    "cp1251",
    "shift_jis",
)
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
GUESSED: Final = ["cp1250", "cp1252", "iso8859_2", "iso8859_15", "cp852", "cp850", "cp1251", "shift_jis"]
SPELLED: Final = {"iso8859_2": "iso8859-2", "iso8859_15": "iso8859-15", "iso8859_1": "cp1252", "latin_1": "cp1252"}
# What texts in the languages of the house have beside ASCII: lists of names are too short for statistics.
LETTERS: Final = frozenset(
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻäöüßÄÖÜáéíúñÁÉÍÚÑ¿¡ªº€°§«»\u201a\u201c\u201d\u201e\u2018\u2019\u2013\u2014\u2026\u00a0"
)
LETTERED: Final = ("cp1250", "cp1252", "iso8859-2", "cp852")
FALLBACK: Final = "cp1252"  # where every byte means something


def guess_encoding(file: BinaryIO) -> str:
    """One of ENCODINGS: by the mark at the start, by zeros between letters, by being valid UTF-8, by statistics."""
    file.seek(0)
    start = file.read(SAMPLE)
    for mark, name in MARKS:
        if start.startswith(mark):
            return name
    if wide := _wide(start):
        return wide
    return "utf-8" if _is_utf8(file) else _by_letters(start) or _by_statistics(start)


def _wide(start: bytes) -> str:
    """UTF-16 without a mark: Latin letters leave every other byte zero."""
    even, odd = start[0::2], start[1::2]
    if not odd or start.count(0) < len(start) // 5:
        return ""
    if odd.count(0) > 9 * max(even.count(0), 1):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 9 * max(odd.count(0), 1) else ""


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(SAMPLE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _by_letters(start: bytes) -> str:
    """The encoding in which all letters are of a house language; "" where none is, or several with different texts."""
    fits: dict[str, str] = {}
    for name in LETTERED:
        text = start.decode(name, errors="replace")
        if LETTERS.issuperset(letter for letter in set(text) if not letter.isascii()):
            fits[name] = text
    return next(iter(fits)) if len(set(fits.values())) == 1 else ""


def _by_statistics(start: bytes) -> str:
    found = from_bytes(start, cp_isolation=GUESSED, preemptive_behaviour=False).best()
    name = SPELLED.get(found.encoding, found.encoding) if found is not None else FALLBACK
    return name if name in ENCODINGS else FALLBACK


def opened(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The file as text from its start, without its mark; what cannot be read becomes U+FFFD. Detach it afterwards."""
    file.seek(0)
    start = file.read(4)
    skipped = next((len(mark) for mark, name in MARKS if name == encoding and start.startswith(mark)), 0)
    file.seek(skipped)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
