"""Words for reasons why two customers look like one."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from apps.customers.calculations import Reason

WORDS = {
    Reason.EMAIL: _("same e-mail"),
    Reason.PHONE: _("same phone"),
    Reason.DOMAIN: _("same domain"),
    Reason.SAME_NAME: _("same name"),
    Reason.SIMILAR_NAME: _("similar name"),
    Reason.PLACE: _("same town"),
}


def reason_words(reasons: Iterable[Reason]) -> str:
    """The reasons, one behind the other."""
    return ", ".join(str(WORDS[reason]) for reason in reasons)
