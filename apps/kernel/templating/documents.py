"""Renders the bodies of e-mails and documents: Jinja templates by people who must not reach the system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, cast

from jinja2 import Template, TemplateError, nodes

from apps.kernel.errors import PlatformError
from apps.kernel.expressions.weight import weigh
from apps.kernel.templating.budget import MAX_TEXT, steps
from apps.kernel.templating.errors import InvalidDocument, TemplateTooLarge
from apps.kernel.templating.guard import Forbidden, Guard
from apps.kernel.templating.sandbox import DocumentEnvironment

MAX_SOURCE: Final = 100_000
MAX_CONTEXT: Final = 4 << 20
_FILE: Final = "<document>"
_ENVIRONMENTS: Final = {html: DocumentEnvironment(html=html) for html in (True, False)}
_FAILURES: Final = (
    TemplateError,
    PlatformError,
    Forbidden,
    SyntaxError,
    AttributeError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    RecursionError,
)


def render_document(source: str, context: Mapping[str, Any], *, html: bool) -> str:
    """Render a Jinja template with plain data: dicts, lists, text, numbers, dates, ids.

    With `html` every value is escaped. An unknown name is an error; null prints nothing. Raises InvalidDocument
    with the line, and TemplateTooLarge above 100,000 characters of source, a mebibyte of result, a loop too many.
    """
    if weigh(dict(context), limit=MAX_CONTEXT) > MAX_CONTEXT:
        raise TemplateTooLarge(limit=MAX_CONTEXT, unit="bytes of context")
    template = _template(source, html=html)
    try:
        with steps():
            return "".join(_limited(template.generate(dict(context))))
    except TemplateTooLarge:
        raise
    except _FAILURES as error:
        raise InvalidDocument(line=_line(error), reason=_reason(error)) from None


def check_document(source: str) -> None:
    """Check a template when it is saved; raises as `render_document` does."""
    _template(source, html=True)


def _template(source: str, *, html: bool) -> Template:
    if len(source) > MAX_SOURCE:
        raise TemplateTooLarge(limit=MAX_SOURCE, unit="characters")
    try:
        return _compiled(source, html)
    except _FAILURES as error:
        raise InvalidDocument(line=_line(error), reason=_reason(error)) from None


@lru_cache(maxsize=128)
def _compiled(source: str, html: bool) -> Template:
    environment = _ENVIRONMENTS[html]
    tree = cast("nodes.Template", Guard().visit(environment.parse(source)))
    code = environment.compile(tree, filename=_FILE)
    return Template.from_code(environment, code, environment.make_globals(None))


def _limited(chunks: Iterator[str]) -> Iterator[str]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_TEXT:
            raise TemplateTooLarge(limit=MAX_TEXT, unit="characters")
        yield chunk


def _line(error: BaseException) -> int:
    """Return the line of the template: from the parser, the guard, or the last frame inside the template."""
    for name in ("lineno", "line"):
        known = getattr(error, name, None)
        if isinstance(known, int) and not isinstance(error, SyntaxError):
            return known
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _reason(error: BaseException) -> str:
    if isinstance(error, (RecursionError, SyntaxError)):
        return "it is nested too deeply"
    if isinstance(error, ArithmeticError):
        return "a calculation has no result"
    return str(error) or type(error).__name__
