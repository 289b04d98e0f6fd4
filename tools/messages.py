"""Message catalogs: collect what is marked for translation, keep what is translated, compile.

Run as `make messages`. Babel does the work, so that nobody needs GNU gettext. See docs/how-to/translate.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("pl", "de", "es")
# Under which names the sources call gettext; `_now` is gettext itself where `_` is the lazy one, as is `_t`.
ONE, TWO, IN_CONTEXT, TWO_IN_CONTEXT = (1,), (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "_now", "_t", "gettext", "gettext_lazy", "gettext_noop"), ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), TWO),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), TWO_IN_CONTEXT),
}
MARK = re.compile(rf"\b(?:{'|'.join(KEYWORDS)})[\s\\]*\(".encode())
COMMENTS = ("Translators:",)


class Messages(Catalog):
    """A catalog whose file changes only when its messages do: without dates, people and versions in its head."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What gettext needs to read the file."""
        return [
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


@dataclass(frozen=True, slots=True)
class Tally:
    """What one language holds: all its messages, and those without a translation."""

    language: str
    total: int
    empty: int


def po_path(language: str, root: Path = ROOT) -> Path:
    """The catalog that people write."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def main() -> int:
    """Renew every catalog. The status says whether something is left to translate."""
    found = collected(ROOT)
    tallies = [renew(language, found, ROOT) for language in LANGUAGES]
    for tally in tallies:
        print(f"{tally.language}: {tally.total} messages, {tally.empty} to translate")
    return int(any(tally.empty for tally in tallies))


def collected(root: Path) -> Catalog:
    """Everything that the modules and templates under `root` mark for translation."""
    found = Catalog()
    for path in sorted((root / "apps").rglob("*.py")):
        _take(found, path.relative_to(root), path.read_bytes())
    for path in sorted((root / "templates").rglob("*.html")):
        # The parentheses make one expression of it: what Django leaves of a template is indented at random.
        source = "(" + templatize(path.read_text(), origin=str(path)) + ")"
        _take(found, path.relative_to(root), source.encode())
    return found


def _take(found: Catalog, path: Path, source: bytes) -> None:
    if not MARK.search(source):
        return  # reading it word by word takes a hundred times as long
    for line, message, comments, context in extract("python", BytesIO(source), KEYWORDS, COMMENTS):
        found.add(message, None, [(path.as_posix(), line)], auto_comments=comments, context=context)


def renew(language: str, found: Catalog, root: Path) -> Tally:
    """Write both files of a language: what is found, with the translations there are. Nothing is guessed."""
    path = po_path(language, root)
    catalog = merged(language, found, read(path, language) if path.exists() else Catalog(locale=language))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(catalog))
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    return Tally(language, len(catalog), sum(1 for _ in untranslated(catalog)))


def merged(language: str, found: Catalog, known: Catalog) -> Catalog:
    """The found messages, each with its translation or an empty one; what is found no more is left out."""
    catalog = Messages(locale=language, header_comment=f"# Messages of Agora: {language}", fuzzy=False)
    for message in _messages(found):
        earlier = known.get(message.id, message.context)
        kept = earlier is not None and earlier.pluralizable == message.pluralizable
        catalog.add(
            message.id,
            earlier.string if earlier is not None and kept else None,
            message.locations,
            message.flags,
            message.auto_comments,
            earlier.user_comments if earlier is not None else (),
            context=message.context,
        )
    return catalog


def read(path: Path, language: str) -> Catalog:
    """A catalog from its file. Raises PoFileError where it is not well-formed."""
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def written(catalog: Catalog) -> bytes:
    """The file that people write. Line numbers are left out: they would change with every line of code."""
    file = BytesIO()
    write_po(file, catalog, width=120, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The file that Django reads."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> Iterator[Message]:
    """Messages that lack a translation, or one of their plural forms."""
    for message in _messages(catalog):
        forms = message.string if isinstance(message.string, list | tuple) else [message.string]
        if not all(forms) or (message.pluralizable and len(forms) != catalog.num_plurals):
            yield message


def _messages(catalog: Catalog) -> Iterator[Message]:
    """The messages without the head of the file."""
    return (message for message in catalog if message.id)


if __name__ == "__main__":
    sys.exit(main())
