"""Back office pages of the fetching of rates: what is configured, what came of it last, and fetching now."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.currencies.admin.choices import seen_codes
from apps.currencies.admin.config_form import DaysForm, form_of, label_of, placed
from apps.currencies.admin.options import COLUMNS, entered_options, option_fields
from apps.currencies.contracts import RATE_PROVIDERS
from apps.currencies.features import MANAGE_FETCH
from apps.currencies.models import RateFetchConfig
from apps.currencies.selectors import last_runs, runs_of_source
from apps.currencies.services import create_fetch_config, delete_fetch_config, fetch_configured, update_fetch_config
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register

SHOWN_RUNS = 10
WHEN = ("fetch_at", "time_zone", "is_enabled")


@register(RateFetchConfig)
class FetchConfigPage(CommandAdmin):
    """Where rates come from by themselves, and when."""

    create_command = create_fetch_config
    update_command = update_fetch_config
    delete_command = delete_fetch_config
    view_feature = MANAGE_FETCH
    manage_feature = MANAGE_FETCH
    icon = "cloud_download"
    order = 50
    empty_hint = gettext_lazy("Choose a bank or a table of your own; its rates are then fetched every day.")
    list_display = ("provider_name", "source", "when", "is_enabled", "last_result", "organization_id")
    list_display_links = ("provider_name",)
    list_filter = ("is_enabled",)
    ordering = ("source", "pk")
    sortable_by: ClassVar[tuple[str, ...]] = ("source",)
    readonly_fields = ("provider_name",)
    change_form_outer_after_template = "currencies/config_runs.html"
    buttons = (
        RecordCommand(
            "fetch-now",
            fetch_configured,
            gettext_lazy("Fetch now"),
            icon="sync",
            confirm=gettext_lazy(
                "The days are fetched behind this page; the bar above every page shows how far it is."
            ),
            done=gettext_lazy("The fetch has begun. The bar above shows how far it is."),
            form=DaysForm,
            in_row=True,
        ),
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("currencies/currencies.css",)}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """First the provider is chosen, then its own form is shown."""
        if self._provider(request, None) in RATE_PROVIDERS:
            return super().add_view(request, form_url, extra_context)
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {
            **list_frame(self, request, _("Where should rates come from?")),
            "providers": [(name, provider.label) for name, provider in RATE_PROVIDERS.items()],
            "media": self.media,
        }
        return TemplateResponse(request, "currencies/providers.html", context)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save a form, with the last fetches beneath."""
        config = self.get_object(request, object_id) if object_id else None
        runs = list(runs_of_source(config)[:SHOWN_RUNS]) if config is not None else ()
        return super().changeform_view(request, object_id, form_url, {"runs": runs, **(extra_context or {})})

    def get_fieldsets(self, request: HttpRequest, obj: RateFetchConfig | None = None) -> Any:
        """When, and the options of the provider."""
        provider = self._provider(request, obj)
        names = list(option_fields(provider, ()))
        columns = [name for name in names if name.startswith(COLUMNS)]
        return [
            (label_of(provider), {"fields": WHEN if obj is not None else ("provider", *WHEN)}),
            (_("What is fetched"), {"fields": [name for name in names if name not in columns]}),
            *([(_("Columns of the table"), {"fields": columns})] if columns else []),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of the provider."""
        provider = self._provider(request, obj)
        kept = obj.options.get("currencies", ()) if obj is not None else ()
        kwargs["form"] = form_of(provider, sorted({*seen_codes(), *kept}))
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = placed(form.refusal, form.base_fields)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The provider that was chosen."""
        return {**super().get_changeform_initial_data(request), "provider": self._provider(request, None)}

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """When, and what was entered as options."""
        given = form.cleaned_data
        provider = {"provider": given["provider"]} if given.get("provider") else {}
        return {**provider, **{name: given[name] for name in WHEN}, "options": entered_options(given)}

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up the last fetch of every row at once."""
        found = last_runs(rows)
        for row in rows:
            row.last_run = found.get((row.organization_id, row.source))

    def _provider(self, request: HttpRequest, config: RateFetchConfig | None) -> str:
        if config is not None:
            return config.provider
        return str(request.POST.get("provider") or request.GET.get("provider") or "")

    @admin.display(description=gettext_lazy("provider"))
    def provider_name(self, config: RateFetchConfig) -> str:
        """Its name for people."""
        return label_of(config.provider)

    @admin.display(description=gettext_lazy("every day at"))
    def when(self, config: RateFetchConfig) -> str:
        """The time with its zone."""
        return f"{config.fetch_at} {config.time_zone}"

    @admin.display(description=gettext_lazy("last result"))
    def last_result(self, config: RateFetchConfig) -> str:
        """How the last fetch ended, when, and what it brought."""
        run = getattr(config, "last_run", None)
        return render_to_string("currencies/last_run.html", {"run": run, "with_when": True})
