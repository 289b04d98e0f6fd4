"""The form in which people choose what they are told, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError
from apps.notifications.calculations import ALL_TYPES
from apps.notifications.models import DigestEvery
from apps.notifications.services import Choice, choose
from apps.notifications.services.choosing import SETTINGS
from apps.notifications.services.showing import Preferences

YES, NO, UNSAID = "yes", "no", ""
WORDS = {YES: True, NO: False, UNSAID: None}
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what it is about, and a box for each channel."""

    label: str
    boxes: list[BoundField]


class ChoicesForm(forms.Form):
    """Quiet hours, the digest, and for each kind and channel: yes, no, or what was said about all kinds."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("E-mail waits until then, and nothing pops up."),
    )
    is_muted = forms.BooleanField(label=gettext_lazy("Mute everything"), required=False)
    muted_until = forms.DateTimeField(
        label=gettext_lazy("Muted until"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Leave it empty to stay muted until you take the tick away."),
    )
    digest_every = forms.ChoiceField(label=gettext_lazy("The digest comes"), choices=DigestEvery.choices)
    digest_weekday = forms.TypedChoiceField(label=gettext_lazy("Weekly on"), coerce=int)
    digest_hour = forms.TypedChoiceField(label=gettext_lazy("At"), coerce=int)

    def __init__(self, data: Any, *, found: Preferences) -> None:
        super().__init__(data, initial={name: getattr(found, name) for name in SETTINGS})
        self.found = found
        zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
        self._offer("time_zone", [("", _("my own")), *zones])
        self._offer("digest_weekday", list(enumerate(WEEKDAYS)))
        self._offer("digest_hour", [(hour, f"{hour:02}:00") for hour in range(24)])
        for name, label, initial, unsaid in _boxes(found):
            self.fields[name] = forms.ChoiceField(
                label=label,
                required=False,
                initial=initial,
                choices=[(UNSAID, unsaid), (YES, _("yes")), (NO, _("no"))],
            )
        for field in self.fields.values():
            field.show_hidden_initial = True  # what another window has chosen meanwhile is no change of this one
        dress(self)

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def all_kinds(self) -> Line:
        """The line about every kind."""
        return self._line(_("All kinds"), ALL_TYPES)

    @property
    def kinds(self) -> list[Line]:
        """A line for each kind."""
        return [self._line(item.label, item.type) for item in self.found.types]

    @property
    def settings(self) -> list[BoundField]:
        """The fields beside the table."""
        return [self[name] for name in SETTINGS]

    def _line(self, label: str, type_id: str) -> Line:
        return Line(label, [self[_name(type_id, item.channel)] for item in self.found.channels])

    def choices(self) -> list[Choice]:
        """What was changed in the table."""
        names = {_name(kind, item.channel): (kind, item.channel) for kind in self._types() for item in self._channels()}
        changed = [(names[name], self.cleaned_data[name]) for name in self.changed_data if name in names]
        return [Choice(kind, channel, WORDS[word]) for (kind, channel), word in changed]

    def values(self) -> dict[str, Any]:
        """What was changed beside it."""
        return {name: self.cleaned_data[name] for name in SETTINGS if name in self.changed_data}

    def _types(self) -> list[str]:
        return [ALL_TYPES, *(item.type for item in self.found.types)]

    def _channels(self) -> list[Any]:
        return list(self.found.channels)


def _boxes(found: Preferences) -> Iterator[tuple[str, str, str, str]]:
    """Name, label, initial value of each box of the table, and what saying nothing means there."""
    for channel in found.channels:
        label = _("All kinds: %(channel)s") % {"channel": channel.label}
        yield _name(ALL_TYPES, channel.channel), label, _word(channel.chosen), _("as each kind is meant")
        for kind in found.types:
            now = kind.channels[channel.channel]
            unsaid = _("as above") if channel.chosen is not None else (_("as meant: yes") if now else _("as meant: no"))
            unsaid = _("as above") if channel.channel in kind.chosen else unsaid
            label = f"{kind.label}: {channel.label}"
            yield _name(kind.type, channel.channel), label, _word(kind.chosen.get(channel.channel)), unsaid


def _name(type_id: str, channel: str) -> str:
    return f"choice-{type_id.replace('.', '-')}-{channel}"


def _word(chosen: bool | None) -> str:
    return next(word for word, value in WORDS.items() if value is chosen)


def is_saved(form: ChoicesForm) -> bool:
    """Run the command; whether it went through. What it complains of stands in the form."""
    try:
        run(choose, choices=form.choices(), settings=form.values())
    except PlatformError as refusal:
        if not is_form_error(refusal):
            raise
        add_refusal(form, refusal)
        return False
    return True
