"""Refusals of the notifications module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, PlatformError


class AddressInvalid(InvalidInput):
    """What should be an e-mail address is none."""

    code = "notifications.mail.address_invalid"
    message = _("This is not an e-mail address.")


class SubjectInvalid(InvalidInput):
    """The subject of a mail is empty or has more than one line: a second one could be a header of its own."""

    code = "notifications.mail.subject_invalid"
    message = _("The subject of a mail is one line of text.")


class LinkRefused(InvalidInput):
    """The address behind a mail's button leads somewhere else than into this installation."""

    code = "notifications.mail.link_refused"
    message = _("A mail links to pages of this installation only.")


class TemplateMisused(PlatformError):
    """A mail with a token was asked for as a plain one, or the other way round: a fault of the program."""

    status = 500
    code = "notifications.template.misused"
    message = "The mail template {template} {complaint}."


class NotRetryable(Conflict):
    """Only a mail that was given up can be sent again."""

    code = "notifications.mail.not_retryable"
    message = _("Only a mail that failed can be sent again.")


class ContentGone(Conflict):
    """The text of the mail has been removed, so there is nothing to send."""

    code = "notifications.mail.content_gone"
    message = _("The text of this mail is not kept any more, so it cannot be sent again.")


class NotCancellable(Conflict):
    """A mail that has left, or is leaving right now, cannot be stopped."""

    code = "notifications.mail.not_cancellable"
    message = _("Only a mail that waits or failed can be cancelled.")


class NotificationLinkRefused(InvalidInput):
    """A notification or its button would lead out of this installation."""

    code = "notifications.notification.link_refused"
    message = _("A notification leads to pages of this installation only.")


class AlreadyActioned(Conflict):
    """Somebody has pressed an action of the notification already; there is one for each."""

    code = "notifications.notification.already_actioned"
    message = _("This has been done already.")


class NotActionable(Conflict):
    """The notification was put away; it has to be brought back first."""

    code = "notifications.notification.not_actionable"
    message = _("This notification has been put away. Bring it back first.")


class ActionUnknown(InvalidInput):
    """The notification has no such action."""

    code = "notifications.action.unknown"
    message = _("This notification has no such action.")


class ActionUnavailable(Conflict):
    """What the action would do is not there any more."""

    code = "notifications.action.unavailable"
    message = _("What this action would do is not available any more.")


class TypeNotByHand(InvalidInput):
    """Only types that say so may be sent by people and programs."""

    code = "notifications.type.not_by_hand"
    message = _("Notifications of this kind are not sent by hand.")


class VariablesInvalid(InvalidInput):
    """The texts of the kind need other variables than were given."""

    code = "notifications.variables.invalid"
    message = _("The texts cannot be made of these variables: {reason}.")


class ChoiceInvalid(InvalidInput):
    """A choice about notifications names something that there is not."""

    code = "notifications.choice.invalid"
    message = _("Some choices are not valid.")


class NoInbox(PlatformError):
    """Programs have no notifications of their own."""

    status = 403
    code = "notifications.inbox.none"
    message = _("Only people have notifications.")
