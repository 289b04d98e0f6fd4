"""The files of a new module, from the templates beside this package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from apps.kernel.management.scaffolding.columns import Column, quoted
from apps.kernel.management.scaffolding.names import in_words, sentence
from apps.kernel.management.scaffolding.plan import EntityPlan, ModulePlan

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "module"
MODULE_FILES = (
    *("apps.py", "features.py", "events.py", "models.py", "entities.py", "setup.py", "admin.py"),
    *("api/serializers.py", "api/views.py", "api/urls.py"),
)
Files = dict[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is installed: `absent` targets of references, custom fields of tenants, the search."""

    absent: frozenset[str] = frozenset()
    with_custom_fields: bool = False
    with_search: bool = False


def files_of(plan: ModulePlan, around: Surroundings) -> Files:
    """Paths below the project's folder, and texts.

    The texts are right and not yet formatted; what they import and do not use is taken out by the formatter.
    """
    fill = Filler(plan, around)
    app, tests = f"apps/{plan.id}", f"tests/{plan.id}"
    files = {f"{folder}/__init__.py": "" for folder in (app, f"{app}/api", f"{app}/migrations", tests)}
    files |= {f"{app}/{name}": fill(f"{name}.tpl") for name in MODULE_FILES}
    files |= {
        f"{tests}/factories.py": fill("tests/factories.py.tpl"),
        f"{tests}/test_admin.py": fill("tests/test_admin.py.tpl"),
        f"docs/modules/{plan.id}.md": fill("page.md.tpl"),
    }
    if around.with_search:
        files[f"{app}/search.py"] = fill("search.py.tpl")
    if around.with_custom_fields:
        files[f"{app}/custom_fields.py"] = fill("custom_fields.py.tpl")
    for entity in plan.entities:
        files |= dict(_of_entity(fill, plan, entity))
    if len(plan.entities) > 1:
        files[f"{app}/services/__init__.py"] = fill("services_init.py.tpl")
    return files


def _of_entity(fill: Filler, plan: ModulePlan, entity: EntityPlan) -> Iterator[tuple[str, str]]:
    mark = "" if len(plan.entities) == 1 else f"_{entity.plural}"
    yield f"{plan.services(entity).replace('.', '/')}.py", fill("services.py.tpl", e=entity)
    yield f"tests/{plan.id}/test_api{mark}.py", fill("tests/test_api.py.tpl", e=entity)
    yield f"tests/{plan.id}/test_services{mark}.py", fill("tests/test_services.py.tpl", e=entity)


class Filler:
    """Fills templates with one plan."""

    def __init__(self, plan: ModulePlan, around: Surroundings) -> None:
        self._environment = Environment(  # noqa: S701 - what comes out is Python and Markdown, no page
            loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.filters |= FILTERS
        outer = [column for entity in plan.entities for column in entity.outer]
        self._words: dict[str, Any] = {
            "plan": plan,
            "absent": around.absent,
            "has_amounts": any(entity.amounts for entity in plan.entities),
            "has_references": any(column.field.parameter not in around.absent for column in outer),
            "custom_fields": around.with_custom_fields,
            "with_search": around.with_search,
        }

    def __call__(self, template: str, **words: Any) -> str:
        """The template's text."""
        return self._environment.get_template(template).render({**self._words, **words})


def with_unchanged(annotation: str) -> str:
    """The type of an argument that may be left out of a change."""
    plain = annotation.removesuffix(" | None")
    return f"{plain} | Unchanged | None" if plain != annotation else f"{plain} | Unchanged"


def remarks(column: Column) -> str:
    """What a page says of a column beside its type."""
    words = ["needed"] if column.is_required else []
    words += ["once"] if column.field.is_unique else []
    words += [f"points to `{column.field.parameter}`"] if column.is_reference else []
    words += [", ".join(f"`{item}`" for item in column.field.choices)] if column.field.kind == "choice" else []
    return "; ".join(words)


def as_tuple(words: Iterable[str | tuple[str, ...]]) -> str:
    """The texts, and tuples of texts, as Python writes a tuple of them."""
    written = [quoted(word) if isinstance(word, str) else as_tuple(word) for word in words]
    return f"({', '.join(written)}{',' if len(written) == 1 else ''})"


def in_code(words: Iterable[str]) -> str:
    """Words of code in a page."""
    return ", ".join(f"`{word}`" for word in words)


def as_entered(literal: str) -> str:
    """A plain value as a form sends it: as a text."""
    return quoted(str(ast.literal_eval(literal)))


def passed(names: Iterable[str]) -> str:
    """Arguments that are passed on under their own names."""
    return ", ".join(f"{name}={name}" for name in names)


MARKED = re.compile(r"\b_\((\"(?:[^\"\\\\]|\\\\.)*\")\)")


def texts_of(files: Files) -> list[str]:
    """Texts that the files mark for translation."""
    found = [text for path, source in files.items() if path.startswith("apps/") for text in MARKED.findall(source)]
    return list(dict.fromkeys(ast.literal_eval(text) for text in found))


FILTERS = {
    "as_entered": as_entered,
    "as_tuple": as_tuple,
    "code": in_code,
    "in_words": in_words,
    "passed": passed,
    "optional": with_unchanged,
    "quoted": quoted,
    "remarks": remarks,
    "sentence": sentence,
}
