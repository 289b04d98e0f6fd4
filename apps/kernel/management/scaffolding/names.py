"""Names of a new module: which are possible, and what follows from them."""

from __future__ import annotations

import builtins
import keyword
import re

from apps.kernel.bases.mixins import CustomFields, ObjectAccess, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel

SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 30
# Django's own limit for the names of indexes.
LONGEST_INDEX = 30
# First words of public names and addresses that mean something else.
RESERVED_MODULES = frozenset(
    {"access", "api", "apps", "config", "docs", "kernel", "module", "modules", "portal", "schema", "shelf", "tests"}
)
# Parameters of every list, columns of every record, and words that the written files use themselves.
RESERVED_FIELDS = frozenset(
    {
        *("count", "cursor", "custom", "custom_fields", "expand", "fields", "filter", "format", "ids", "ordering"),
        *("page", "page_size", "q", "known_at"),
        *("deleted_at", "is_restricted", "organization", "tenant", "version"),
        *("changed", "command", "house", "models", "row", "self"),
    }
)
# Classes that the written files import.
RESERVED_CLASSES = frozenset(
    {
        *("Any", "ClassVar", "Client", "Decimal", "Duplicate", "House", "InUse", "Iterator", "Manifest", "Mapping"),
        *("OrganizationModel", "ReferenceField", "RowNotFound", "Scope", "SoftDelete", "TenantForeignKey"),
        *("TenantModel", "UUID", "Unchanged", "Versioned", "CustomFields", "EncryptedEmailField"),
    }
)
IRREGULAR = {"child": "children", "man": "men", "person": "people", "woman": "women", "shelf": "shelves"}
SIBILANT = ("s", "x", "z", "ch", "sh")


class ImpossibleName(ValueError):
    """A word that cannot name what it is meant for, and why."""


def check_name(word: str, *, what: str) -> None:
    """Check what holds for every name. Raises ImpossibleName."""
    if not SNAKE.fullmatch(word):
        raise ImpossibleName(f"{what} {word!r}: small letters, digits and single underscores, a letter first.")
    if len(word) > LONGEST:
        raise ImpossibleName(f"{what} {word!r} has {len(word)} letters; at most {LONGEST} are possible.")
    if keyword.iskeyword(word):
        raise ImpossibleName(f"{what} {word!r} is a word of Python.")


def check_module(word: str) -> None:
    """Check the id of a module. Raises ImpossibleName."""
    check_name(word, what="module")
    if word in RESERVED_MODULES:
        raise ImpossibleName(f"module {word!r} is reserved: addresses or names of the house begin with it.")


def check_entity(word: str) -> None:
    """Check the last part of an entity id. Raises ImpossibleName."""
    check_name(word, what="entity")
    if class_name(word) in RESERVED_CLASSES or hasattr(builtins, class_name(word)):
        raise ImpossibleName(f"entity {word!r} is reserved: the files of a module import a class {class_name(word)}.")


def check_field(word: str, *, entity: str) -> None:
    """Check the name of a field. Raises ImpossibleName."""
    check_name(word, what="field")
    bases = (OrganizationModel, Versioned, SoftDelete, CustomFields, ObjectAccess)
    columns = {field.name for base in bases for field in base._meta.local_fields}
    if word in RESERVED_FIELDS | columns | {entity} or any(hasattr(base, word) for base in bases):
        raise ImpossibleName(f"field {word!r} is reserved: every record has something of that name already.")


def class_name(word: str) -> str:
    """`exchange_rate` as a class."""
    return "".join(part.capitalize() for part in word.split("_"))


def in_words(word: str) -> str:
    """`is_active` as people read it: `active`."""
    plain = word.replace("_", " ")
    return plain.removeprefix("is ").removeprefix("has ")


def plural_of(word: str) -> str:
    """The English plural of a name's last part, as most words have it."""
    head, _, last = word.rpartition("_")
    return f"{head}_{_plural(last)}" if head else _plural(last)


def _plural(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(SIBILANT) else f"{word}s"


def with_article(words: str) -> str:
    """`an address`."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def sentence(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]


def listed(words: list[str]) -> str:
    """`books, authors and shelves`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def index_name(table: str, column: str) -> str:
    """A name that Django and PostgreSQL take, different for different columns."""
    name = f"{table}_{column}"
    if len(name) <= LONGEST_INDEX:
        return name
    # The columns of a table differ at their ends more often than at their beginnings.
    digest = f"{sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 16**6:06x}"
    return f"{name[: LONGEST_INDEX - 7]}_{digest}"
