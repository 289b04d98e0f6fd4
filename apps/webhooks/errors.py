"""Refusals of the webhooks module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, PlatformError, Unavailable


class UrlRefused(InvalidInput):
    """An address that the house never calls: no http, credentials in it, or a name or address of a private network."""

    code = "webhooks.webhook.url_refused"
    message = _("This address cannot be called: {reason}.")


class PatternInvalid(InvalidInput):
    """What should be a pattern over names of events is none."""

    code = "webhooks.webhook.pattern_invalid"
    message = _("This is no pattern over names of events.")


class PatternIdle(InvalidInput):
    """A pattern that covers no event that can be subscribed to."""

    code = "webhooks.webhook.pattern_idle"
    message = _("No event that can be subscribed to fits this.")


class PatternsMissing(InvalidInput):
    """A webhook without a pattern would never send anything."""

    code = "webhooks.webhook.patterns_missing"
    message = _("Name at least one event.")


class HeaderRefused(InvalidInput):
    """A header that the house writes itself, or that cannot be sent."""

    code = "webhooks.webhook.header_refused"
    message = _("The header {name} cannot be set.")


class NumberInvalid(InvalidInput):
    """A number outside its bounds."""

    code = "webhooks.webhook.number_invalid"
    message = _("Give a whole number from {least} to {most}.")


class TenantReach(InvalidInput):
    """Events of all organizations go only to a webhook that was made by somebody who sees all of them."""

    code = "webhooks.webhook.tenant_reach"
    message = _("Only who may work in every organization can have the events of all of them sent.")


class TenantWebhookKept(PlatformError):
    """A webhook for all organizations is changed only by somebody who sees all of them."""

    status = 403
    code = "webhooks.webhook.tenant_kept"
    message = _("This webhook sends the events of all organizations: it takes access to all of them to change it.")


class WebhookInactive(Conflict):
    """Nothing is sent again through a webhook that is switched off."""

    code = "webhooks.webhook.inactive"
    message = _("The webhook is switched off. Switch it on first.")


class NotRepeatable(Conflict):
    """A delivery that waits or is being sent is not sent again beside that."""

    code = "webhooks.delivery.not_repeatable"
    message = _("This delivery has not ended yet.")


class RangeInvalid(InvalidInput):
    """A stretch of time that ends before it begins."""

    code = "webhooks.delivery.range_invalid"
    message = _("The period cannot be read.")


class AdapterUnknown(InvalidInput):
    """No installed module reads messages of this kind."""

    code = "webhooks.endpoint.adapter_unknown"
    message = _("There is no such kind of sender.")


class AdapterFixed(InvalidInput):
    """An endpoint keeps its kind: address and secret were given to one sender."""

    code = "webhooks.endpoint.adapter_fixed"
    message = _("The kind of sender cannot be changed. Add another endpoint instead.")


class SecretInvalid(InvalidInput):
    """A secret of the wrong form."""

    code = "webhooks.endpoint.secret_invalid"
    message = _("This is no secret of this kind of sender.")


class SignatureInvalid(PlatformError):
    """Nothing proves that the message came from whom the endpoint belongs to, or it is too old."""

    status = 401
    code = "webhooks.inbound.signature_invalid"
    message = _("The message is not signed by the sender of this endpoint.")


class MessageInvalid(InvalidInput):
    """A signed message that cannot be read."""

    code = "webhooks.inbound.message_invalid"
    message = _("The message cannot be read.")


class EndpointClosed(Unavailable):
    """The endpoint is switched off, or the module that reads its messages is not installed: try again later."""

    code = "webhooks.inbound.closed"
    message = _("This endpoint takes nothing now.")


class NotReprocessable(Conflict):
    """Only a message that was given up is processed again."""

    code = "webhooks.receipt.not_reprocessable"
    message = _("Only a message that was given up can be processed again.")
