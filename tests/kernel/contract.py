"""A house with something of everything behind a real server, and schemathesis let loose on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case

from tests.auth.factories import PASSWORD, make_role, make_user
from tests.kernel.web_servers import Server, granian
from tests.notifications.letters import declared, queue
from tests.progress.factories import open_job
from tests.support.scopes import House, make_house

ALICE, SPARE = "alice@example.org", "spare@example.org"
CURRENCIES = "/api/currencies/currencies/"
RATES = "/api/currencies/exchange-rates/"
PAGES = frozenset({"page", "page_size", "count", "cursor"})
# For each operation, beside what the coverage phase sends. NUL characters are refused everywhere, which no shape can
# say; the tests of hostile bodies send them.
GENERATION = {"max-examples": 4, "deterministic": True, "database": "none", "allow-x00": False}
SEED = 20_260_329
STREAM = "/api/events/stream/"  # never ends, and is served by other processes than this one
OF_THE_CONNECTION = frozenset({"connection", "content-length", "expect", "host", "te", "transfer-encoding", "upgrade"})
# These end the session of whoever calls them, so somebody else calls them, with a session of their own each time.
ENDING = (
    ("DELETE", "/api/auth/session/"),
    ("DELETE", "/api/auth/sessions/"),
    ("DELETE", "/api/auth/sessions/{id}/"),
    ("POST", "/api/auth/password/change/"),
)


@dataclass(frozen=True, slots=True)
class Contract:
    """A served house, and how to sign in to it."""

    server: Server
    house: House

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.server.port}"

    def token(self, email: str = ALICE) -> str:
        """An access token of a new session; nothing good for somebody who has been deleted meanwhile."""
        body = {"email": email, "password": PASSWORD}
        answer = httpx.post(f"{self.address}/api/auth/session/", json=body, timeout=20)
        return "gone" if answer.status_code == 401 else str(answer.raise_for_status().json()["access"])

    def caller(self, email: str = ALICE, **headers: str) -> httpx.Client:
        """A client that is signed in and works in North."""
        known = {"Authorization": f"Bearer {self.token(email)}", "X-Organization-Id": str(self.house.north.pk)}
        return httpx.Client(base_url=self.address, headers={**known, **headers}, timeout=30)


@contextmanager
def served() -> Iterator[Contract]:
    """A furnished house behind granian, without limits."""
    house = make_house("Acme")
    everything = make_role(house, name="Everything", is_super_admin=True)
    alice = make_user(house, email=ALICE, name="Alice", roles=(everything,), home_organization_id=house.north.pk)
    make_user(house, email=SPARE, name="Spare", roles=(everything,), home_organization_id=house.north.pk)
    with declared():
        for address in ("ada@example.org", "bob@example.org"):
            queue(house, scope=house.scope(house.north), to=address)
    for name in ("Export of things", "Import of things"):
        open_job(house, alice, name=name, is_cancellable=True)
    with granian(
        "--workers", "1", "--blocking-threads", "4", AGORA_RATE_LIMITS="*=off", AGORA_LOG_LEVEL="ERROR"
    ) as server:
        contract = Contract(server, house)
        _furnish(contract)
        yield contract


def _furnish(contract: Contract) -> None:
    """Write through the interface itself, so that there is a history, and a log of reads."""
    with contract.caller() as alice:
        for code in ("EUR", "PLN", "USD"):
            made = alice.post(CURRENCIES, json={"code": code}).raise_for_status()
        alice.patch(made.headers["Location"], json={"name": "Dollar"}).raise_for_status()
        for pair in (("EUR", "PLN"), ("USD", "PLN")):
            rate = {"from_code": pair[0], "to_code": pair[1], "rate": "4.25", "effective_on": "2026-03-27"}
            alice.post(RATES, json=rate).raise_for_status()
        alice.post("/api/currencies/fetch-configs/", json={"provider": "ecb"}).raise_for_status()
        alice.post("/api/currencies/fetch-rates/", json={"provider": "ecb"}).raise_for_status()
        genres = alice.post("/api/dictionaries/dictionaries/", json={"name": "Genres"}).raise_for_status().json()
        for value in ("Novel", "Atlas"):
            entry = {"dictionary_id": genres["id"], "value": value}
            alice.post("/api/dictionaries/entries/", json=entry).raise_for_status()
        alice.post("/api/directory/organizations/", json={"name": "East"}).raise_for_status()
        alice.post("/api/auth/api_keys/", json={"name": "Shop", "features": ["currencies.view"]}).raise_for_status()
        alice.get("/api/notifications/mails/").raise_for_status()


class SignedIn:
    """Alice's token for every case; a spare one, used once, for what ends a session."""

    contract: ClassVar[Contract]
    alice: ClassVar[str]

    def get(self, case: Case[Any], context: Any) -> str:
        """The token."""
        ends = (str(case.operation.method).upper(), case.operation.path) in ENDING
        return self.contract.token(SPARE) if ends else self.alice

    def set(self, case: Case[Any], data: str, context: Any) -> None:
        """Hand it in. What is about the connection is left to it: the server refuses nonsense there without a word."""
        for name in [name for name in case.headers if str(name).lower() in OF_THE_CONNECTION]:
            del case.headers[name]
        case.headers["Authorization"] = f"Bearer {data}"


# Refusals of requests that the document calls right, because only the data or another field decides.
REFUSED = {400, 404, 409, 412, 422}
DEFINITIONS = (
    *("entity_unknown", "target_unknown", "dictionary_missing", "options_missing", "option_bad", "repeated"),
    *("not_for_kind", "unavailable", "order", "pattern_bad", "not_unique", "bound_bad", "default_bad"),
    *("fixed", "ids_bad", "key_taken", "kind_differs", "kind_kept", "encryption_kept", "option_used"),
    *("values_repeat", "not_deleted", "key_has_values"),
)
INTERACTIONS = (
    "not_open",
    "open",
    "recurrence",
    "recurrence_start",
    "no_time",
    "too_early",
    "too_late",
    "time_zone",
    "not_author",
    "not_done",
    "not_yet",
)
ADMITTED = frozenset(
    {
        # a reference to a record that is not there, or not of a fitting kind
        "kernel.not_found",
        "kernel.reference.unknown",
        "auth.object_grant.kind",
        "auth.feature.unknown",
        "attachments.entity.unknown",
        "catalog.unit.unknown",
        # another request has used the key, or the record has moved on
        "kernel.idempotency.reused",
        "kernel.idempotency.withheld",
        "kernel.idempotency.in_progress",
        "kernel.stale_version",
        # prices that do not belong together, or are no change
        "catalog.price.currency_missing",
        "catalog.price.currency_not_held",
        "catalog.price.end_before_start",
        "catalog.price.min_above_max",
        "catalog.price.moment_out_of_range",
        "catalog.price.none_given",
        "catalog.price.of_another_organization",
        "catalog.price.of_another_product",
        "catalog.price.of_another_variant",
        "catalog.price.one_amount",
        "catalog.price.other_than_list",
        "catalog.price.other_than_offer",
        "catalog.price.quantity_not_positive",
        "catalog.price.tax_twice",
        "catalog.price.tier_too_fine",
        "catalog.price.tier_twice",
        "catalog.price_change.impossible",
        "catalog.price_change.in_past",
        "catalog.price_change.nothing",
        "catalog.price_change.one_way",
        "catalog.price_change.out_of_range",
        "catalog.price_list.circle",
        "catalog.price_list.currency_of_base",
        "catalog.price_list.formula_invalid",
        "catalog.price_list.no_base",
        "catalog.price_list.two_ways",
        "catalog.pricing_settings.layers_incomplete",
        # another record has it already
        "kernel.duplicate",
        # an action, or a filter, that makes no sense for what it is asked about
        "kernel.filter.needs_resource_entity",
        "kernel.filter.needs_resource_id",
        "kernel.filter.unknown_field",
        "kernel.page.with_cursor",
        "kernel.cursor.invalid",
        "kernel.export.flat",
        "kernel.ordering.repeated",
        "wrong_kind",
        "bad_number",
        "expected_pair",
        "kernel.expression.not_compilable",
        # a program, and a file that the tenant has no room for
        "attachments.file.refused",
        "attachments.quota.exceeded",
        # proofs that nobody can guess
        "auth.password.wrong",
        "auth.reset.refused",
        "auth.password.weak",
        "password_too_long",
        "password_too_short",
        "password_too_common",
        # a definition whose parts do not go together, or with what records hold
        *(f"entities.definition.{reason}" for reason in DEFINITIONS),
        # rules of the trade
        "kernel.bulk.refused",
        "kernel.bulk.where",
        "currencies.currency.code_fixed",
        "currencies.rate.currency_not_held",
        "currencies.rate.same_currency",
        "currencies.rate.not_found",
        "kernel.money.amount_out_of_range",
        "kernel.money.currency_unknown",
        "kernel.money.incomplete",
        "currencies.fetch.not_configured",
        "currencies.fetch.range",
        "currencies.fetch_config.options",
        "currencies.fetch_config.provider_fixed",
        "currencies.fetch_config.time_zone",
        "backoffice.view.nobody_keeps",
        "backoffice.view.unknown_list",
        "backoffice.view.not_yours",
        "catalog.option.choices_unused",
        "catalog.option.no_choices",
        "catalog.option.repeated",
        "catalog.option.unnamed",
        "catalog.option_schema.in_use",
        "catalog.option_schema.owned",
        "catalog.option_schema.values_invalid",
        "catalog.product.has_history",
        "catalog.product.no_excise",
        "catalog.product.out_of_order",
        "catalog.product.two_schemas",
        "catalog.product.unit_price_incomplete",
        "catalog.tag.merge_same",
        "catalog.uom.default_unit_missing",
        "catalog.uom.unit_not_found",
        "catalog.category.circular",
        "catalog.category.order_incomplete",
        "catalog.category.product_missing",
        "catalog.category.too_deep",
        "catalog.list.repeated",
        "catalog.offer.channel_needed",
        "catalog.offer.date_needed",
        "catalog.offer.dates_reversed",
        "catalog.offer.listing_exists",
        "catalog.offer.variant_foreign",
        "catalog.media.no_picture",
        "customers.company.has_subsidiaries",
        "customers.comment.one_subject",
        "customers.company.parent_circle",
        "customers.company.parent_deleted",
        "customers.customer.merged",
        "customers.customer.name_missing",
        "customers.contact_point.value_invalid",
        "customers.list.primary_needed",
        "customers.list.repeated",
        "customers.list.two_primary",
        "customers.actor.no_person",
        *(f"customers.interaction.{reason}" for reason in INTERACTIONS),
        "customers.participant.one",
        "customers.participant.not_invited",
        "customers.occurrence.unknown",
        "customers.calendar.backwards",
        "customers.calendar.too_long",
        "customers.merge.access_differs",
        "customers.merge.field_unknown",
        "customers.merge.impossible",
        "customers.merge.in_the_way",
        "customers.not_duplicate.known",
        "customers.company.has_people",
        "customers.customer.has_deals",
        "customers.deal.closed",
        "customers.deal.field_demanded",
        "customers.deal.no_stage",
        "customers.deal.open",
        "customers.deal.stage_foreign",
        "customers.person.no_lead",
        "customers.person.one_company",
        "customers.person_company.primary_needed",
        "customers.pipeline.default_needed",
        "customers.pipeline.has_deals",
        "customers.pipeline.order_incomplete",
        "customers.stage.has_deals",
        # variants, parts of bundles and units of products
        *(f"catalog.option.{reason}" for reason in ("choice", "length", "required", "type", "unknown")),
        *(f"catalog.barcode.{reason}" for reason in ("check_digit", "format", "length", "missing")),
        "catalog.component.circle",
        "catalog.component.not_a_bundle",
        "catalog.product.no_options",
        "catalog.product.variant_order_incomplete",
        "catalog.relation.repeated",
        "catalog.uom.default_sales_unit_conversion_required",
        "catalog.uom.duplicate_conversion",
        "catalog.uom.unit_is_base",
        "catalog.variant.archived",
        "catalog.variant.changed_meanwhile",
        "catalog.variant.combination_taken",
        "catalog.variant.default_needed",
        "catalog.variant.in_bundles",
        "catalog.variant.not_archived",
        # a file that is no table, an import that has run, columns and options that do not go together
        "kernel.import.file_refused",
        "kernel.import.ended",
        "kernel.import.order_invalid",
        *(
            f"kernel.import.{what}"
            for what in ("column", "field", "key", "mapping", "mode", "required", "step", "twice", "zone")
        ),
        "customers.period.days",
        "webhooks.delivery.not_repeatable",
        "webhooks.delivery.range_invalid",
        "webhooks.endpoint.adapter_fixed",
        "webhooks.endpoint.adapter_unknown",
        "webhooks.endpoint.secret_invalid",
        "webhooks.inbound.closed",
        "webhooks.inbound.message_invalid",
        "webhooks.inbound.signature_invalid",
        "webhooks.receipt.not_reprocessable",
        "webhooks.webhook.header_refused",
        "webhooks.webhook.inactive",
        "webhooks.webhook.number_invalid",
        "webhooks.webhook.pattern_idle",
        "webhooks.webhook.pattern_invalid",
        "webhooks.webhook.patterns_missing",
        "webhooks.webhook.tenant_kept",
        "webhooks.webhook.tenant_reach",
        "webhooks.webhook.url_refused",
        "dashboards.dashboard.full",
        "dashboards.dashboard.order_incomplete",
        "dashboards.dashboard.item_unknown",
        "dashboards.dashboard.not_shared",
        "dashboards.dashboard.read_only",
        "dashboards.figures.too_fine",
        "dashboards.figures.unavailable",
        "dashboards.period.days",
        "dashboards.widget.unknown",
        "dictionaries.dictionary.key",
        "dictionaries.dictionary.inherited",
        "dictionaries.dictionary.in_use",
        "dictionaries.dictionary.order_incomplete",
        "dictionaries.dictionary.protected",
        "dictionaries.entry.dictionary_fixed",
        "dictionaries.entry.in_use",
        "dictionaries.entry.merge_impossible",
        "entities.index.not_indexable",
        "entities.index.ready",
        "entities.index.too_many",
        "notifications.action.unknown",
        "notifications.choice.invalid",
        "notifications.notification.already_actioned",
        "notifications.notification.link_refused",
        "notifications.notification.not_actionable",
        "notifications.type.not_by_hand",
        "notifications.variables.invalid",
        "audience",
        "sales.channel.default_inactive",
        "sales.default_needed",
        "search.index.rebuilding",
        "search.provider.unknown",
        "translations.locale.invalid",
        "translations.locale.not_held",
        "auth.user.locale",
        "auth.user.time_zone",
        "directory.tenant.base_currency",
        "directory.organization.not_empty",
        "auth.api_key.addresses",
        # the clock decides
        "auth.api_key.expires_at",
        # somebody who has been erased, a name that has to be typed, and a consent of tomorrow
        "customers.person.erased",
        "customers.person.name_not_confirmed",
        "customers.consent.in_future",
        "customers.consent.too_early",
        "customers.person.time_zone",
        "out_of_reach",  # a moment beyond all calendars
        "auth.object_grant.holder",
        "auth.object_grant.own_access_lost",
        "auth.object_grant.missing",
        "auth.object_grant.open",
    }
)

# A kind and an id come together, as do prices and their currency, which no shape can say.
HALVES = frozenset({("entity", "required"), ("record_id", "required"), ("price_currency", "required")})


def plain_formats() -> None:
    """Addresses as people have them: the standards know forms that are refused here."""
    names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
    schemathesis.openapi.format("email", st.builds("{}@{}.org".format, names, names))
    schemathesis.openapi.format("uri", st.builds("https://{}.org/{}".format, names, names))


# How many digits a number has no shape can say; of texts it says so.
DIGITS = frozenset({"max_digits", "max_decimal_places", "max_whole_digits"})


def _value_at(body: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(body, dict):
            body = body.get(step)
        elif isinstance(body, list) and step.isdigit():
            body = body[int(step)]
        else:
            return None
    return body


def _is_round(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _has_exponent(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(re.search(r"[0-9][eE][-+]?[0-9]", str(item)) for item in values)


def _is_of_one(case: Case[Any], field: str) -> bool:
    return case.operation.path.endswith("/bulk/") and field.startswith("ids.")


def _is_told(case: Case[Any], error: dict[str, Any]) -> bool:
    """What one shape cannot say of another.

    A file has no pages, so `format` decides that the other parameters are not there. Halves want the other half.
    2.0 is a whole number to JSON Schema, and a fraction to who reads strictly; 1e-42 is a number, and no amount. What
    one of many records refuses depends on what it holds, and on what points to it. Which
    fields of its own a tenant has stands in its definitions, and not in the schema that all share; what settings of a
    view or a widget may hold, in those of the list or the widget.
    """
    value = _value_at(case.body, error["field"])
    if error["code"] == "invalid" and _is_round(value):
        return True
    if error["code"] in DIGITS and isinstance(value, int | float):
        return True
    if (error["field"], error["code"]) in HALVES or _is_of_one(case, error["field"]):
        return True
    if re.match(r"(changes\.|ids\.[^.]+\.)?(custom_fields|settings)\.", error["field"]):
        return True
    if error["code"] == "kernel.filter.invalid" and _has_exponent((case.query or {}).get(error["field"])):
        return True
    return error["code"] == "kernel.parameter.unknown" and error["field"] in PAGES and "format" in (case.query or {})


@schemathesis.check
def refusals_are_admitted(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """A right request is refused for the reasons of the list only."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in REFUSED:
        return
    if is_unexpected_http_status_case(case):
        return
    body = response.json()
    codes = {item["code"] for item in body["errors"] if not _is_told(case, item)} or {body["code"]}
    if body["errors"]:
        codes.discard(body["code"])
    if strange := codes - ADMITTED:
        raise RejectedPositiveData(
            operation=case.operation.label,
            message=f"refused for {sorted(strange)}",
            status_code=response.status_code,
            allowed_statuses=[],
        )


def sample(contract: Contract, *, at: str) -> list[str]:
    """What examples and random requests find.

    The coverage phase sends every value of every parameter, some 1,700 requests to one list alone, and the stateful one
    follows what it has made and deleted; `make prove` takes the time for the second, at full size for both.
    """
    off = {"enabled": False}
    return conformance(contract, at=at, generation=GENERATION, phases={"coverage": off, "stateful": off})


def conformance(contract: Contract, *, at: str = "^/api/", **settings: Any) -> list[str]:
    """Everything that schemathesis finds at addresses that match, as texts."""
    accepting = {"expected-statuses": ["2xx", "401", "403", "416", *map(str, REFUSED)]}
    config = SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "analysis": {"constants": {"enabled": False}},  # nor may what the sources happen to hold
            "cache": {"enabled": False},  # what an earlier run has found out would change this one
            "workers": 1,  # one call after another: the same run each time
            "checks": {"positive_data_acceptance": accepting},
            # A made-up organization is refused before anything else is looked at, so all work in North; what is no
            # organization is sent by the tests of hostile requests.
            "parameters": {"header.X-Organization-Id": str(contract.house.north.pk)},
            **settings,
        }
    )
    schema = schemathesis.openapi.from_url(
        f"{contract.address}/api/schema/",
        config=config,
        headers={"Authorization": f"Bearer {contract.token()}"},
        timeout=60,  # the document of the whole house is drawn for it
    )
    signed_in = type("SignedInHere", (SignedIn,), {"contract": contract, "alice": contract.token()})
    plain_formats()
    schema.auth(refresh_interval=None)(signed_in)
    return list(_found(schema.include(path_regex=at).exclude(path=STREAM)))


def _found(schema: BaseSchema) -> Iterator[str]:
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            yield from _failures(event.recorder)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            yield repr(event)


def _failures(recorder: Any) -> Iterator[str]:
    for case_id, nodes in recorder.checks.items():
        for node in nodes:
            if node.failure_info is None:
                continue
            failure: Failure = node.failure_info.failure
            answer = recorder.interactions[failure.case_id or case_id].response
            body = answer.content[:600].decode(errors="replace") if answer else ""
            call = node.failure_info.code_sample
            yield f"{recorder.label}: {failure.title}\n{failure.message}\n{call}\n{body}\n"
