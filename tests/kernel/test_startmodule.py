"""What `manage.py startmodule` understands, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from django.core.management import CommandError, call_command

from apps.kernel.management.commands.startmodule import untranslated
from apps.kernel.management.scaffolding.fields import Field, Kind, NotUnderstood, entity_of
from apps.kernel.management.scaffolding.names import ImpossibleName, index_name, plural_of
from apps.kernel.management.scaffolding.plan import plan_of
from apps.kernel.management.scaffolding.rendering import Surroundings, files_of, texts_of
from apps.kernel.management.scaffolding.writing import Line, NotWritten

ROOT = Path(house.BASE_DIR)
BOOK = "book:title:text,pages:integer"


def told(*words: str) -> str:
    output = StringIO()
    call_command("startmodule", *words, stdout=output)
    return output.getvalue()


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as refusal:
        told(*words)
    return str(refusal.value)


def test_a_field_is_a_name_a_type_and_modifiers() -> None:
    found = entity_of("book:title:text,isbn:text:unique:required,kind:choice(a|b):indexed,by:reference(library.author)")
    assert (found.name, found.plural) == ("book", "books")
    assert found.fields == (
        Field("title", Kind.TEXT, is_required=True, is_indexed=True),
        Field("isbn", Kind.TEXT, is_required=True, is_unique=True),
        Field("kind", Kind.CHOICE, "a|b", is_indexed=True),
        Field("by", Kind.REFERENCE, "library.author"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("book", "has no fields"),
        ("book:", "has no fields"),
        ("Book:title:text", "small letters"),
        ("class:title:text", "a word of Python"),
        ("scope:title:text", "import a class Scope"),
        ("book:title", "has no type"),
        ("book:title:words", "there is no type 'words'"),
        ("book:title:text(9)", "text takes nothing in brackets"),
        ("book:pages:integer", "the first field names the record"),
        ("book:title:text,title:text", "title twice"),
        ("book:title:text,version:integer", "'version' is reserved"),
        ("book:title:text,created_at:date", "'created_at' is reserved"),
        ("book:title:text,save:boolean", "'save' is reserved"),
        ("book:title:text,page:integer", "'page' is reserved"),
        ("book:title:text,book:text", "'book' is reserved"),
        ("book:title:text,_x:text", "small letters"),
        ("book:title:text:always", "there is no 'always'"),
        ("book:title:text,lent:boolean:unique", "boolean cannot be unique"),
        ("book:title:text,price:money:indexed", "money cannot be indexed"),
        ("book:title:text,notes:multiline:unique", "multiline cannot be unique"),
        ("book:title:text,mail:email(encrypted):indexed", "cannot be indexed"),
        ("book:title:text,mail:email(hidden)", "email or email(encrypted)"),
        ("book:title:text,kind:choice", "choice(a|b|c)"),
        ("book:title:text,kind:choice(a)", "at least two"),
        ("book:title:text,kind:choice(a|a)", "at least two"),
        ("book:title:text,kind:choice(a|B c)", "at least two"),
        ("book:title:text,by:reference", "reference(customers.person)"),
        ("book:title:text,by:reference(person)", "names a kind of record"),
        ("book:title:text,by_id:reference(customers.person)", "leave the _id out"),
        ("sheep:name:text", "plural of its own"),
        ("book:title:text," + ",".join(f"f{number}:integer" for number in range(16)), "17 columns"),
        (f"{'b' * 31}:title:text", "at most 30"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(text: str, said: str) -> None:
    with pytest.raises((NotUnderstood, ImpossibleName)) as refusal:
        entity_of(text, plurals={"sheep": "sheep"})
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        ("book", "books"),
        ("currency", "currencies"),
        ("key", "keys"),
        ("address", "addresses"),
        ("tax", "taxes"),
        ("contact_person", "contact_people"),
    ],
)
def test_plurals_are_those_of_most_words(word: str, plural: str) -> None:
    assert plural_of(word) == plural


def test_names_of_indexes_fit_and_differ() -> None:
    table = "warehouse_replenishment_order"
    names = {index_name(table, column) for column in ("requested_on", "requested_no", "requested_by")}
    assert len(names) == 3
    assert max(map(len, names)) <= 30


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("currencies", "apps.currencies is installed under that name"),
        ("messages", "django.contrib.messages is installed under that name"),
        ("kernel", "reserved"),
        ("portal", "reserved"),
        ("import", "a word of Python"),
        ("My-module", "small letters"),
    ],
)
def test_a_module_that_cannot_be_is_refused(module: str, said: str) -> None:
    assert said in refused(module, "--entity", BOOK)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--entity", BOOK, "--entity", BOOK), "there twice"),
        (("--entity", BOOK, "--plural", "author=authors"), "which is no --entity"),
        (("--entity", f"{BOOK},by:reference(library.author)"), "describe that kind of record before it"),
        (("--entity", f"{BOOK},next:reference(library.book)"), "its own kind"),
        (("--entity", f"{BOOK},by:reference(nobody.person):required"), "nobody.person is not"),
        (("--entity", BOOK, "--tenant", "--organization"), "not allowed with argument"),
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused(words: tuple[str, ...], said: str) -> None:
    assert said in refused("library", *words)
    assert not (ROOT / "apps" / "library").exists()


def test_a_trial_names_every_file_and_writes_none() -> None:
    before = {name: (ROOT / name).read_text() for name in ("config/settings.py", "README.md", "docs/README.md")}
    said = told("library", "--dry-run", "--entity", BOOK)
    for path in ("apps/library/models.py", "apps/library/api/views.py", "tests/library/test_api.py"):
        assert path in said
    assert 'config/settings.py: "apps.library",' in said
    assert not (ROOT / "apps" / "library").exists()
    assert {name: (ROOT / name).read_text() for name in before} == before


@pytest.fixture
def project(tmp_path: Path, settings: Any) -> Path:
    """A folder with the files that a new module adds lines to, and without the packages of the house."""
    texts = {
        "config/settings.py": 'INSTALLED_APPS = [\n    "apps.backoffice",\n]\n',
        "README.md": "| module | gives |\n|---|---|\n| [backoffice](docs/modules/backoffice.md) | pages |\n",
        "docs/README.md": "## Modules\n\n[auth](modules/auth.md)\n\n## Decisions\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    settings.BASE_DIR = tmp_path
    return tmp_path


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_what_cannot_be_finished_is_taken_back(project: Path) -> None:
    """The migration cannot be written where the house is not; everything else has been written by then."""
    before = contents(project)
    assert "scaffolding.migration" in refused("library", "--entity", BOOK)
    assert {name: text for name, text in contents(project).items() if "_cache" not in name} == before
    assert sorted(path.name for path in project.iterdir() if "_cache" not in path.name) == [
        "README.md",
        "config",
        "docs",
    ]


def test_nothing_is_overwritten(project: Path) -> None:
    page = project / "docs" / "modules" / "library.md"
    page.parent.mkdir()
    page.write_text("Mine.")
    before = contents(project)
    assert "docs/modules/library.md" in refused("library", "--entity", BOOK)
    assert contents(project) == before


def test_a_project_of_another_form_is_refused(project: Path) -> None:
    (project / "config" / "settings.py").write_text("INSTALLED_APPS = []\n")
    before = contents(project)
    assert "config/settings.py has 0 lines" in refused("library", "--entity", BOOK)
    assert contents(project) == before


def test_a_line_goes_above_its_anchor_or_joins_the_paragraph() -> None:
    text = "one\n\ntwo\n"
    assert Line("page", "new\n", "two").added(text) == "one\n\nnew\ntwo\n"
    assert Line("page", "new\n", "two", joins=True).added(text) == "one\nnew\n\ntwo\n"
    with pytest.raises(NotWritten):
        Line("page", "new\n", "three").added(text)


def written(*described: str, **around: Any) -> dict[str, str]:
    plan = plan_of("library", "Library", map(entity_of, described), is_of_tenant=False)
    return files_of(plan, Surroundings(**around))


def test_one_kind_of_record_has_one_file_of_commands_and_more_have_a_folder() -> None:
    assert {"apps/library/services.py", "tests/library/test_api.py"} <= set(written(BOOK))
    two = set(written(BOOK, "loan:name:text"))
    assert {"apps/library/services/loans.py", "tests/library/test_api_loans.py"} <= two
    assert "apps/library/services.py" not in two


def test_what_other_modules_read_is_written_where_they_are() -> None:
    private = f"{BOOK},mail:email(encrypted),notes:multiline"
    files = written(private, with_custom_fields=True, with_search=True)
    assert {"apps/library/search.py", "apps/library/custom_fields.py"} <= set(files)
    assert 'fields={"title": "A", "notes": "C"}' in files["apps/library/search.py"]
    assert 'hash_only=("mail",)' in files["apps/library/search.py"]
    assert "class Book(CustomFields, Versioned" in files["apps/library/models.py"]
    assert "book.take(custom_fields)" in files["apps/library/services.py"]
    assert not {"apps/library/search.py", "apps/library/custom_fields.py"} & set(written(private))


def test_texts_that_are_new_are_told_from_those_that_are_translated() -> None:
    files = written("coin:name:text,mint_master:text,price:money,kind:choice(gold|silver)")
    assert {"Library", "coin", "coins", "name", "mint master", "gold", "See coins"} <= set(texts_of(files))
    assert {"coin", "mint master", "See coins"} <= set(untranslated(files))
    assert "name" not in untranslated(files)


def test_an_amount_has_its_currency_beside_it_in_the_form() -> None:
    assert '"pages", ("price", "price_currency")' in written(f"{BOOK},price:money")["apps/library/admin.py"]
