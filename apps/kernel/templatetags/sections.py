"""`{% section "id" %}…{% endsection %}`: a part of a page that modules may replace or put something around."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.loader import get_template
from django.utils.safestring import SafeString

from apps.kernel.extensions.replacing import INNER, Replacement, changed, replacements_of

register = template.Library()


class SectionNode(Node):
    """The section as its template has it, and as replacements make it."""

    def __init__(self, section: str, inner: NodeList) -> None:
        self.section, self.nodelist = section, inner

    def render(self, context: template.Context) -> SafeString:
        """Draw the section; nothing is looked up for one that nobody replaces."""
        chosen = replacements_of(f"section:{self.section}")
        with context.push():
            for item in chosen:
                variables: Any = context.flatten()
                context.update(dict(changed(item, variables)))
            places = [place for place, item in enumerate(chosen) if item.template]
            last = places[-1] if places else -1
            text = _drawn(chosen[last].template, context) if places else SafeString(self.nodelist.render(context))
            return _around(chosen[max(last, 0) :], text, context)


def _around(chosen: list[Replacement], text: SafeString, context: template.Context) -> SafeString:
    for item in chosen:
        if item.wrapper:
            with context.push({INNER: text}):
                text = _drawn(item.wrapper, context)
    return text


def _drawn(name: str, context: template.Context) -> SafeString:
    own: Any = get_template(name)
    return SafeString(own.template.render(context))


@register.tag("section")
def section(parser: Parser, token: Token) -> SectionNode:
    """Parse `{% section "id" %}…{% endsection %}`."""
    _name, section_id = token.split_contents()
    inner = parser.parse(("endsection",))
    parser.delete_first_token()
    return SectionNode(section_id.strip("\"'"), inner)
