"""Makes what is sent from a declared template: one subject, one plain text, and the same text as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from apps.directory.contracts import TenantBook, TenantProfile
from apps.kernel.registry.letters import Letter, MailTemplate
from apps.kernel.services import service
from apps.kernel.templating import InvalidDocument, render_document
from apps.notifications.calculations import absolute_link, one_line, paragraphs, plain_address, tidy

FRAME = "notifications/mail.html"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What leaves the house, in the reader's language (`locale`). `to` is a bare address."""

    to: str
    subject: str
    text: str
    html: str
    locale: str


def rendered(template: MailTemplate, letter: Letter) -> Rendered:
    """Render a letter; a variable that the template names and the letter lacks is an error.

    Raises InvalidDocument, TemplateTooLarge, AddressInvalid, SubjectInvalid, LinkRefused.
    """
    tenant = service(TenantBook).profile()
    locale = language_of(letter.locale or tenant.locale)
    with translation.override(locale):
        context = _resolved(letter.context)
        subject = one_line(render_document(str(template.subject), context, html=False))
        body = tidy(render_document(str(template.body), context, html=False))
        link = _link(template, context)
        button = str(template.button) if link else ""
        html = _page(body, subject=subject, button=button, link=link, tenant=tenant)
        text = "\n\n".join(part for part in (body, _pointer(button, link), _signature(tenant)) if part)
    return Rendered(plain_address(letter.to), subject, f"{text}\n", html, locale)


def language_of(wanted: str) -> str:
    """The language of the house that comes nearest: `pl-PL` is `pl`; the house's own where there is none."""
    try:
        return translation.get_supported_language_variant(wanted)
    except LookupError:
        return settings.LANGUAGE_CODE


def _resolved(context: Mapping[str, Any]) -> dict[str, Any]:
    """The variables with translatable texts in the language that is active now."""
    return {name: str(value) if isinstance(value, Promise) else value for name, value in context.items()}


def _link(template: MailTemplate, context: Mapping[str, Any]) -> str:
    if not template.link:
        return ""
    if template.link not in context:
        raise InvalidDocument(line=0, reason=f"{template.link!r}, the link, is not given")
    return absolute_link(str(context[template.link]), settings.AGORA_BASE_URL)


def _pointer(button: str, link: str) -> str:
    return f"{button}:\n{link}" if link else ""


def _signature(tenant: TenantProfile) -> str:
    return f"-- \n{tenant.name}\n{settings.AGORA_BASE_URL}"


def _page(body: str, *, subject: str, button: str, link: str, tenant: TenantProfile) -> str:
    """The same words in the frame; the template engine escapes all of them, so a text brings no markup along."""
    context = {
        "language": translation.get_language(),
        "subject": subject,
        "paragraphs": paragraphs(body),
        "button": button,
        "link": link,
        "sender": tenant.name,
        "home": settings.AGORA_BASE_URL,
    }
    return render_to_string(FRAME, context)
