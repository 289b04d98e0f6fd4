"""Forms of webhooks and endpoints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.issuing import OnceForm
from apps.kernel.admin.moments import MomentInput
from apps.webhooks.admin.picker import EventsField
from apps.webhooks.contracts import ADAPTERS
from apps.webhooks.models import ENDED, DeliveryStatus, InboundEndpoint, Webhook
from apps.webhooks.services.secrets import GRACE_HOURS, LONGEST_GRACE


class HeadersField(forms.CharField):
    """Headers, one in a line: `Name: value`."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """A mapping as lines."""
        return "\n".join(f"{name}: {text}" for name, text in value.items()) if isinstance(value, dict) else value

    def clean(self, value: Any) -> dict[str, str]:
        """The headers by name. Raises ValidationError for a line that is none."""
        found: dict[str, str] = {}
        for line in filter(str.strip, str(value or "").splitlines()):
            name, colon, text = line.partition(":")
            if not colon or not name.strip():
                raise ValidationError(_now("Write each header as Name: value, in a line of its own."), code="invalid")
            found[name.strip()] = text.strip()
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as written."""
        return (self.prepare_value(initial) or "").strip() != str(data or "").strip()


class WebhookForm(CommandForm):
    """Where events are sent, and which."""

    event_patterns = EventsField(label=_("Events"), required=False)
    custom_headers = HeadersField(
        label=_("Headers of your own"),
        required=False,
        help_text=_("One in a line: X-Shop: north. Sent with each request, kept encrypted."),
    )

    class Meta:
        model = Webhook
        fields = (
            "name",
            "description",
            "url",
            "is_active",
            "max_retries",
            "timeout_seconds",
            "rate_limit_per_minute",
            "auto_disable_threshold",
        )
        widgets: Any = {"description": forms.Textarea(attrs={"rows": 2}), "url": forms.URLInput()}
        help_texts: Any = {
            "url": _("Receives each event as a signed POST request. It has to be reachable from the internet."),
            "max_retries": _("0 to 30. The pauses grow from 5 seconds to an hour."),
            "timeout_seconds": _("1 to 60."),
            "rate_limit_per_minute": _("What is more waits for its turn. 0: no limit."),
            "auto_disable_threshold": _("Failed requests in a row, after which nothing more is sent. 0: never."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["event_patterns"] = self.instance.event_patterns or []
        self.initial["custom_headers"] = self.instance.custom_headers or {}


class NewWebhookForm(WebhookForm, OnceForm):
    """The same for a new webhook."""

    whole_tenant = forms.BooleanField(
        label=_("Events of all organizations"),
        required=False,
        help_text=_("Otherwise only those of the organization that is selected now."),
    )


class EndpointForm(CommandForm):
    """Where messages of one sender come in."""

    class Meta:
        model = InboundEndpoint
        fields = ("name", "description", "is_active")
        widgets: Any = {"description": forms.Textarea(attrs={"rows": 2})}


class NewEndpointForm(EndpointForm, OnceForm):
    """The same for a new endpoint, with the kind of its sender."""

    adapter = forms.ChoiceField(
        label=_("Kind of sender"), choices=lambda: [(item.id, item.label) for item in ADAPTERS.values()]
    )
    secret = forms.CharField(
        label=_("Secret"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("If the sender has given you one. Left empty, one is made, and shown once."),
    )


class GraceFields(forms.Form):
    """How long the former secret is good beside the new one."""

    grace_hours = forms.IntegerField(
        label=_("Hours for which the former secret stays good"),
        initial=GRACE_HOURS,
        min_value=0,
        max_value=LONGEST_GRACE,
        help_text=_("Requests are signed with both meanwhile, so that the receiver can change over."),
    )


class EndpointSecretFields(forms.Form):
    """Another secret of an endpoint."""

    secret = forms.CharField(
        label=_("Secret"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("If the sender has given you one. Left empty, one is made, and shown once."),
    )
    grace_hours = forms.IntegerField(
        label=_("Hours for which the former secret stays good"),
        initial=GRACE_HOURS,
        min_value=0,
        max_value=LONGEST_GRACE,
    )


class RangeFields(forms.Form):
    """Which deliveries are sent again."""

    start = forms.DateTimeField(label=_("From"), widget=MomentInput(seconds=False), help_text=_("In your time zone."))
    end = forms.DateTimeField(label=_("To"), widget=MomentInput(seconds=False), help_text=_("In your time zone."))
    statuses = forms.MultipleChoiceField(
        label=_("Only with the status"),
        required=False,
        choices=[(item.value, item.label) for item in DeliveryStatus if item in ENDED],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none ticked, everything of the period that has ended."),
    )
