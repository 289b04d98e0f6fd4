"""Refusals of the search module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput


class KindUnknown(InvalidInput):
    """A kind of record that is not searchable, or that the actor may not see: both look the same."""

    code = "search.entity.unknown"
    message = _("Nothing is found of this kind.")


class QuestionEmpty(InvalidInput):
    """A question without a letter or digit."""

    code = "search.question.empty"
    message = _("Give something to search for.")


class QuestionTooLong(InvalidInput):
    """A question that is longer than anybody types."""

    code = "search.question.too_long"
    message = _("Search for 200 characters at most.")


class ProviderUnknown(InvalidInput):
    """No installed module has the provider of embeddings."""

    code = "search.provider.unknown"
    message = _("There is no such provider.")


class EndpointInvalid(InvalidInput):
    """An address that cannot be called from here."""

    code = "search.endpoint.invalid"
    message = _("This address cannot be called.")


class StrategyUnknown(InvalidInput):
    """A way of searching that there is not."""

    code = "search.strategy.unknown"
    message = _("There is no such way of searching.")


class RebuildRunning(Conflict):
    """The index of this kind is being rebuilt already."""

    code = "search.index.rebuilding"
    message = _("The index of this kind is being rebuilt already.")
