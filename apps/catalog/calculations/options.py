"""Options that variants differ in, in the form in which schemas keep them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError, too_many
from apps.kernel.words import slug_of, squeezed

MOST_OPTIONS, MOST_CHOICES = 64, 200
LONGEST_CODE, LONGEST_LABEL = 64, 150
REPEATED, UNNAMED = "catalog.option.repeated", "catalog.option.unnamed"
UNUSED, NO_CHOICES = "catalog.option.choices_unused", "catalog.option.no_choices"
CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
WrittenOption = Mapping[str, Any]


class Kind(StrEnum):
    """How the value of an option is entered."""

    SELECT = "select"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


def is_shaped(given: Any) -> bool:
    """Say whether something that came as JSON is a list of options, whatever they are worth."""
    return isinstance(given, list) and all(
        isinstance(item, Mapping)
        and isinstance(item.get("choices") or [], list)
        and all(isinstance(choice, Mapping) for choice in item.get("choices") or [])
        for item in given
    )


def settled_options(
    given: Sequence[WrittenOption], path: str = "options"
) -> tuple[list[dict[str, Any]], list[FieldError]]:
    """Options as they are kept, and everything that is wrong with what was given.

    A code that is missing is made of the label, or of the place where that has no letters from a to z; a label that is
    missing is the code.
    """
    options = [_settled_option(item, place) for place, item in enumerate(given[:MOST_OPTIONS], 1)]
    complaints = [*_too_many(given, MOST_OPTIONS, path), *_named(options, path)]
    for index, option in enumerate(options):
        complaints += _choice_complaints(option, given[index], f"{path}.{index}.choices")
        if option["input_type"] not in list(Kind):
            text = _("Possible: {names}.").format(names=", ".join(Kind))
            complaints.append(FieldError(f"{path}.{index}.input_type", "invalid_choice", text))
    return options, complaints


def _settled_option(given: WrittenOption, place: int) -> dict[str, Any]:
    choices = given.get("choices") or () if given.get("input_type", Kind.SELECT.value) == Kind.SELECT else ()
    return {
        **_settled_name(given, f"option-{place}"),
        "input_type": given.get("input_type", Kind.SELECT.value),
        "is_required": bool(given.get("is_required", False)),
        "choices": [_settled_name(item, f"choice-{at}") for at, item in enumerate(choices[:MOST_CHOICES], 1)],
    }


def _settled_name(given: WrittenOption, fallback: str) -> dict[str, Any]:
    code, label = str(given.get("code") or "").strip(), squeezed(str(given.get("label") or ""))
    return {"code": code or slug_of(label, longest=LONGEST_CODE) or fallback, "label": label or code}


def _choice_complaints(option: WrittenOption, given: WrittenOption, path: str) -> Iterator[FieldError]:
    choices = given.get("choices") or ()
    if option["input_type"] != Kind.SELECT:
        if choices:
            yield FieldError(path, UNUSED, _("Only an option that is chosen from a list has choices."))
        return
    if not choices:
        yield FieldError(path, NO_CHOICES, _("Give at least one choice."))
    yield from _too_many(choices, MOST_CHOICES, path)
    yield from _named(option["choices"], path)


def _named(items: Sequence[WrittenOption], path: str) -> Iterator[FieldError]:
    """Complaints about codes and labels of options, or of choices."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        code, label = item["code"], item["label"]
        if not label:
            yield FieldError(f"{path}.{index}.label", UNNAMED, _("Give a label or a code."))
        elif len(label) > LONGEST_LABEL:
            yield FieldError(f"{path}.{index}.label", "max_length", _at_most(LONGEST_LABEL))
        elif len(code) > LONGEST_CODE:
            yield FieldError(f"{path}.{index}.code", "max_length", _at_most(LONGEST_CODE))
        elif not CODE.fullmatch(code):
            text = _("Use a–z, 0–9, hyphens and underscores, and begin with a letter or digit.")
            yield FieldError(f"{path}.{index}.code", "invalid", text)
        elif code in seen:
            yield FieldError(f"{path}.{index}.code", REPEATED, _("This code stands here twice."))
        seen.add(code)


def _too_many(items: Sequence[Any], most: int, path: str) -> Iterator[FieldError]:
    if len(items) > most:
        yield too_many(path, most)


def _at_most(most: int) -> str:
    return _("Use at most {most} characters.").format(most=most)
