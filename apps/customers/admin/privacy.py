"""Back office pages of consents, of who may see a record, and of erased people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.customers import services
from apps.customers.entities import CUSTOMERS
from apps.customers.features import (
    ERASE,
    MANAGE_COMPANIES,
    MANAGE_DEALS,
    MANAGE_PEOPLE,
    VIEW_COMPANIES,
    VIEW_DEALS,
    VIEW_PEOPLE,
)
from apps.customers.models import Company, Consent, ConsentChannel, ConsentState, Deal, Person
from apps.customers.selectors import consents_of, current_of, takes_more
from apps.customers.services.erasing import LONGEST_REASON
from apps.customers.services.restricting import COMPANIES, DEALS, PEOPLE, Restriction
from apps.kernel.access.objects import Level
from apps.kernel.access.records import about_visible
from apps.kernel.access.visible import decide
from apps.kernel.admin.access import allows
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.moments import MomentInput
from apps.kernel.admin.offers import say
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import OwnPage, asked_entity, own_page, register
from apps.kernel.admin.writing import run
from apps.kernel.commands.models import Erasure
from apps.kernel.errors import PlatformError, RowNotFound
from apps.kernel.ports import ObjectSharing
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

LEVELS = ((Level.VIEW, _("see it")), (Level.CHANGE, _("see and change it")))
PURPOSES = "customers.consent_purpose"
KINDS: dict[str, tuple[str, Restriction]] = {
    str(Person.entity_id): (MANAGE_PEOPLE, PEOPLE),
    str(Company.entity_id): (MANAGE_COMPANIES, COMPANIES),
    str(Deal.entity_id): (MANAGE_DEALS, DEALS),
}


class ConsentFields(forms.Form):
    """What a person has said."""

    state = forms.ChoiceField(label=_("Consent"), choices=ConsentState.choices)
    purpose_id: Any = forms.ModelChoiceField(queryset=None, label=_("Purpose"))
    channel = forms.ChoiceField(label=_("Channel"), choices=ConsentChannel.choices)
    at = forms.DateTimeField(label=_("When"), required=False, help_text=_("Empty: now."), widget=MomentInput)
    source = forms.CharField(label=_("Where"), required=False, max_length=200, help_text=_("A form, a call, a fair."))
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What proves it, word for word. It is kept encrypted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["purpose_id"].queryset = ENTITIES["dictionaries.entry"].part(PURPOSES)
        dress(self)

    def given(self) -> dict[str, Any]:
        """Keyword arguments for the command."""
        return {**self.cleaned_data, "purpose_id": self.cleaned_data["purpose_id"].pk}


class ShareFields(forms.Form):
    """To whom a record is shown."""

    user_id: Any = forms.ModelChoiceField(queryset=None, label=_("User"), required=False)
    role_id: Any = forms.ModelChoiceField(queryset=None, label=_("or everybody with the role"), required=False)
    level = forms.ChoiceField(label=_("What they may do"), choices=LEVELS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name, entity in (("user_id", "auth.user"), ("role_id", "auth.role")):
            fields[name].queryset = ENTITIES[entity].living().order_by("pk")
        dress(self)

    def given(self) -> dict[str, Any]:
        """Keyword arguments for the command."""
        ids = {name: row.pk for name in ("user_id", "role_id") if (row := self.cleaned_data[name]) is not None}
        return {**ids, "level": self.cleaned_data["level"]}


class ErasureFields(forms.Form):
    """The name once more, and why."""

    name = forms.CharField(label=_("Name, as it stands on the record"), max_length=200)
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("For example the date of the request.")
    )


ERASE_BUTTON = RecordCommand(
    "erase",
    services.erase_person,
    _("Erase"),
    icon="person_off",
    confirm=_(
        "This erases everything that says who the person is: names, e-mails, phones, addresses, consents, files, mails,"
        " and what the history holds of them. Nobody can take it back."
    ),
    done=_("The person is erased. The certificate stands under “Erasure certificates”."),
    form=ErasureFields,
    shown=takes_more,
    dangerous=True,
)
EXPORT_BUTTON = RecordCommand(
    "export",
    services.export_person,
    _("Everything about this person"),
    icon="folder_zip",
    confirm=_("This collects everything that is held about the person into one file, for you to download."),
    done=_("The file is being written. The strip below shows when it is ready."),
)


def shown_record(site: AdminSite, request: HttpRequest, kinds: tuple[str, ...]) -> Any:
    """The record that the address names, where its own page is open to the reader. Raises Http404."""
    entity = request.GET.get("entity", kinds[0])
    try:
        record_id = UUID(request.GET.get("id", ""))
    except ValueError:
        raise Http404 from None
    record = ENTITIES[entity].living().filter(pk=record_id).first() if entity in kinds else None
    if record is None or not site.get_model_admin(type(record)).has_view_permission(request, record):
        raise Http404
    return record


def _carried_out(request: HttpRequest, form: Any, write: Callable[[], Any], done: str) -> HttpResponse | None:
    """Run the command and go back to the page; None where the form has to be shown with what was refused."""
    try:
        write()
    except RowNotFound:
        raise Http404 from None
    except PlatformError as refusal:
        if form is None or refusal.status not in {400, 409, 422}:
            raise
        add_refusal(form, refusal)
        return None
    say(request, done, messages.SUCCESS)
    return HttpResponseRedirect(request.get_full_path())


@own_page(OwnPage("customers_consents", "customers/consents/", VIEW_PEOPLE, about=Person.entity_id))
def consents_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """What a person has agreed to; on POST write down what they say."""
    person = shown_record(site, request, (str(Person.entity_id),))
    may_write = allows(MANAGE_PEOPLE) and takes_more(person) and decide(person).allows(Level.CHANGE)
    form = ConsentFields(request.POST or None)
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        if form.is_valid():
            given = form.given()
            write = services.give_consent if given.pop("state") == ConsentState.GIVEN else services.withdraw_consent
            answer = _carried_out(
                request, form, lambda: run(write, person.pk, **given), _now("The consent is written down.")
            )
            if answer is not None:
                return answer
    ledger = consents_of(person.pk)
    names = ENTITIES["dictionaries.entry"].labels({row.purpose_id for row in ledger})
    context = {
        **record_frame(site, request, person, _now("Consents of %(name)s") % {"name": person}),
        "current": [(row, names.get(row.purpose_id, "")) for row in current_of(ledger)],
        "ledger": [(row, names.get(row.purpose_id, "")) for row in ledger],
        "form": form if may_write else None,
    }
    return TemplateResponse(request, "customers/consents.html", context)


@own_page(OwnPage("customers_deal_access", "customers/access/deal/", VIEW_DEALS, about=asked_entity))
@own_page(OwnPage("customers_company_access", "customers/access/company/", VIEW_COMPANIES, about=asked_entity))
@own_page(OwnPage("customers_access", "customers/access/", VIEW_PEOPLE, about=asked_entity))
def access_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Who may see a person, company or deal; on POST restrict it, share it, or open it again."""
    record = shown_record(site, request, tuple(KINDS))
    feature, restriction = KINDS[str(record.entity_id)]
    if not allows(feature) or not decide(record).allows(Level.CHANGE):
        raise PermissionDenied
    step = request.POST.get("step", "")
    form = ShareFields(request.POST if step == "share" else None)
    if request.method == "POST":
        answer = _access_changed(request, record, restriction, form)
        if answer is not None:
            return answer
    context = {
        **record_frame(site, request, record, _now("Who may see %(name)s") % {"name": record}),
        "holders": service(ObjectSharing).holders(record),
        "form": form,
    }
    return TemplateResponse(request, "customers/access.html", context)


def _access_changed(
    request: HttpRequest, record: Any, restriction: Restriction, form: ShareFields
) -> HttpResponse | None:
    step = request.POST.get("step", "")
    if step == "share":
        if not form.is_valid():
            return None
        done = _now("The record is shared.")
        return _carried_out(request, form, lambda: run(restriction.share, record.pk, **form.given()), done)
    if step == "unshare":
        holder = _holder(request)
        return _carried_out(
            request, None, lambda: run(restriction.unshare, record.pk, **holder), _now("The grant is taken away.")
        )
    steps = {
        "restrict": (restriction.restrict, _now("Only those who are named below see it now.")),
        "unrestrict": (restriction.unrestrict, _now("Everybody who may see such records sees it now.")),
    }
    if step not in steps:
        raise Http404
    command, done = steps[step]
    return _carried_out(request, None, lambda: run(command, record.pk), done)


def _holder(request: HttpRequest) -> dict[str, Any]:
    kind, _colon, text = request.POST.get("holder", "").partition(":")
    try:
        return {{"user": "user_id", "role": "role_id"}[kind]: UUID(text)}
    except (KeyError, ValueError):
        raise Http404 from None


@register(Consent)
class ConsentPage(CommandAdmin):
    """The ledgers of all people, newest first."""

    view_feature = VIEW_PEOPLE
    icon = "handshake"
    order = 60
    empty_hint = _("What people agree to, and withdraw, is written down on their own pages.")
    list_display = ("at", "customer", "purpose_id", "channel", "state", "source", "recorded_by_label")
    list_filter = ("state", "channel", "at")
    list_select_related = ("customer",)
    ordering = ("-at",)
    fields = ("customer", "purpose_id", "channel", "state", "at", "source", "evidence", "recorded_by_label")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows about people whom the reader may see."""
        return about_visible(super().get_queryset(request), record="customer_id", among=CUSTOMERS)


@register(Erasure)
class ErasurePage(CommandAdmin):
    """Certificates of erasures, newest first."""

    view_feature = ERASE
    module = "customers"
    icon = "person_off"
    order = 100
    empty_hint = _("Whoever is erased leaves a certificate here.")
    list_display = ("label", "created_at", "reason")
    ordering = ("-created_at",)
    fields = ("label", "created_at", "reason", "subject_id", "action_id", "went")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """Certificates about people whom the reader may see."""
        return about_visible(super().get_queryset(request), record="subject_id")

    def went(self, erasure: Erasure) -> str:
        """How many rows of which table."""
        return ", ".join(f"{table}: {number}" for table, number in sorted(erasure.counts.items()) if number)

    went.short_description = _("Erased rows")  # type: ignore[attr-defined]
