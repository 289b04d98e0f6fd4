"""Refusals of the events module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput


class NotDead(Conflict):
    """Only a delivery that was given up is decided about; `status` says how this one stands."""

    code = "events.delivery.not_dead"
    message = _("This delivery has not been given up: it is {status}.")


class SubscriberGone(Conflict):
    """No installed module has the delivery's subscriber, so nobody could handle it; `known` lists those there are."""

    code = "events.delivery.subscriber_gone"
    message = _("No installed module has the subscriber {subscriber}. There are: {known}.")


class EventBusy(Conflict):
    """The event is being removed, or the delivery moved at this very moment: nothing was changed."""

    code = "events.delivery.busy"
    message = _("This delivery is changing right now. Look again.")


class SubscriberUnknown(InvalidInput):
    """There is no persistent subscriber of this id."""

    code = "events.subscriber.unknown"
    message = _("There is no such subscriber with deliveries.")


class RangeInvalid(InvalidInput):
    """The stretch of time or the pattern of names is none; `errors` says which."""

    code = "events.range.invalid"
    message = _("This is no range of events.")
