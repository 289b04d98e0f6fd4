"""Records for every resource: made by the example of its command of creation, or by a maker of the table below."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass, replace
from typing import Any
from uuid import UUID

from apps.audit_logs.models import ReadAccess
from apps.auth.notifications import ACCOUNT_LOCKED
from apps.auth.services.keys import create_api_key
from apps.catalog.models import CategoryAssignment, Product
from apps.currencies.models import RunTrigger
from apps.currencies.services.fetching.sources import Source, today
from apps.currencies.services.fetching.storing import Asked, open_run
from apps.customers.models import Consent, StageTransition
from apps.customers.services import erase_person
from apps.kernel import clock
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import execute
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.eventbus.models import Delivery, DeliveryStatus, OutboxEvent
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, subscribe
from apps.kernel.ids import uuid7
from apps.kernel.ports import Mailer, ProgressReporter, ReadLog
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.notifications.models import Mail, Notification
from apps.webhooks.models import DeliveryStatus as WebhookStatus
from apps.webhooks.models import InboundReceipt, ReceiptStatus, WebhookDelivery
from apps.webhooks.services import create_endpoint, create_webhook
from tests.kernel.events_probes import mint
from tests.matrix.routes import Route
from tests.support.scopes import seeding

Maker = Callable[[], UUID]
# Whom deliveries are for; it hears nothing by itself.
HEARER = "tests.matrix"
if HEARER not in SUBSCRIBERS:
    subscribe("tests.matrix.told", id=HEARER, persistent=True)(print)
Body = dict[str, Any]


def _action() -> UUID:
    with collecting_actions() as actions:
        _example_of("shelf.shelf")
    return actions[-1]


def _api_key() -> UUID:
    return UUID(str(create_api_key(name=f"Key {uuid7().hex}", organization_ids=None).key.pk))


def _fetch() -> UUID:
    with scoped_transaction():
        return UUID(str(open_run(Source("ecb", "ecb", {}), today(), today(), Asked(RunTrigger.REQUEST)).pk))


def _event() -> UUID:
    mint(uuid7())
    with scoped_transaction():
        return UUID(str(OutboxEvent.objects.latest("pk").pk))


def _delivery() -> UUID:
    event_id = _event()
    with scoped_transaction():
        event = OutboxEvent.objects.get(pk=event_id)
        delivery = Delivery(
            event=event,
            organization_id=event.organization_id,
            subscriber=HEARER,
            seq=event.seq,
            chunk_id=uuid7(),
            status=DeliveryStatus.DEAD,
        )
        delivery.save(force_insert=True)
        return UUID(str(delivery.pk))


def _job() -> UUID:
    with scoped_transaction():
        return service(ProgressReporter).open("tests.matrix", name="Export")


def _mail() -> UUID:
    with scoped_transaction():
        service(Mailer).queue(ACCOUNT_LOCKED, "bob@example.org", {"name": "Bob", "tenant": "Acme", "until": "later"})
        return UUID(str(Mail.objects.latest("pk").pk))


def _notification() -> UUID:
    with scoped_transaction():
        row = Notification(recipient_kind="staff", recipient_id=uuid7(), type="tests.matrix", title="Told")
        row.save(force_insert=True)
        return UUID(str(row.pk))


def _read() -> UUID:
    entity = next(item.id for item in ENTITIES.values() if item.is_sensitive)
    scope = current_scope()
    narrow = replace(scope, organization_ids=frozenset({scope.writing_organization()}))
    with using_scope(narrow), scoped_transaction():
        service(ReadLog).note(entity, [uuid7()], how="detail")
        return UUID(str(ReadAccess.objects.latest("pk").pk))


def _webhook() -> UUID:
    spec = COMMANDS["webhooks.webhook.create"]
    assert spec.example is not None
    return UUID(str(create_webhook(**spec.example(current_scope())).webhook.pk))


def _endpoint() -> UUID:
    spec = COMMANDS["webhooks.endpoint.create"]
    assert spec.example is not None
    return UUID(str(create_endpoint(**spec.example(current_scope())).endpoint.pk))


def _webhook_delivery() -> UUID:
    webhook_id, place = _webhook(), current_scope().organization_id
    parts: dict[str, Any] = {"event_type": "tests.matrix", "payload": {}, "organization_id": place}
    with scoped_transaction():
        row = WebhookDelivery(webhook_id=webhook_id, event_id=uuid7(), status=WebhookStatus.EXHAUSTED, **parts)
        row.save(force_insert=True)
        return UUID(str(row.pk))


def _receipt() -> UUID:
    endpoint_id = _endpoint()
    with scoped_transaction():
        row = InboundReceipt(endpoint_id=endpoint_id, message_id=uuid7().hex, status=ReceiptStatus.DEAD)
        row.save(force_insert=True)
        return UUID(str(row.pk))


def _consent() -> UUID:
    person_id = _example_of("customers.person")
    row = Consent(customer_id=person_id, purpose_id=uuid7(), state="given", at=clock.now(), recorded_by_label="Bob")
    with seeding(current_scope()):
        row.save(force_insert=True)
    return UUID(str(row.pk))


def _erasure() -> UUID:
    return UUID(str(erase_person(_example_of("customers.person"), name="Ada Lovelace", reason="Letter").pk))


def _visit() -> UUID:
    deal_id = _example_of("customers.deal")
    with scoped_transaction():
        return UUID(str(StageTransition.objects.get(deal=deal_id).pk))


def _assignment() -> UUID:
    product = Product(title="Shirt")
    row = CategoryAssignment(category_id=_example_of("catalog.category"), product=product)
    with seeding(current_scope()):
        product.save(force_insert=True)
        row.save(force_insert=True)
    return UUID(str(row.pk))


# Kinds whose command of creation has no example (nothing takes it back), or that no command creates.
MAKERS: dict[str, Maker] = {
    "audit_logs.read_access": _read,
    "auth.api_key": _api_key,
    "catalog.category_assignment": _assignment,
    "currencies.fetch_run": _fetch,
    "customers.consent": _consent,
    "customers.stage_transition": _visit,
    "directory.tenant": lambda: current_scope().tenant_id,
    "events.delivery": _delivery,
    "events.event": _event,
    "kernel.action": _action,
    "kernel.erasure": _erasure,
    "notifications.mail": _mail,
    "notifications.notification": _notification,
    "progress.job": _job,
    "webhooks.delivery": _webhook_delivery,
    "webhooks.endpoint": _endpoint,
    "webhooks.receipt": _receipt,
    "webhooks.webhook": _webhook,
}
# Bodies of creation for the same kinds.
BODIES: dict[str, Callable[[], Body]] = {
    "auth.api_key": lambda: {"name": f"Key {uuid7().hex}"},
    "backoffice.view": lambda: {"list": "backoffice.view", "name": f"Own {uuid7().hex[-8:]}", "settings": {}},
    "directory.tenant": lambda: {"name": "Initech", "slug": f"initech-{uuid7().hex[-8:]}"},
}
# Bodies that further addresses below a record cannot do without; without a method the body is that of POST.
FURTHER: dict[str, Callable[[], Body]] = {
    "api/catalog/products/<uuid:pk>/components/": lambda: {"product_id": str(uuid7())},
    "put api/catalog/products/<uuid:pk>/components/": lambda: {"components": []},
    "put api/catalog/products/<uuid:pk>/media/main/": lambda: {"attachment_id": None},
    "put api/catalog/products/<uuid:pk>/relations/": lambda: {"relations": []},
    "api/catalog/products/<uuid:pk>/variants/order/": lambda: {"variant_ids": []},
    "put api/catalog/variants/<uuid:pk>/media/main/": lambda: {"attachment_id": None},
    "api/customers/people/<uuid:pk>/companies/": lambda: {"company_id": str(uuid7())},
    "api/imports/<uuid:pk>/stop/": lambda: {"keep": True},
}
# Bodies of actions on one record whose command has no example, by kind and action.
ARGUMENTS: dict[str, Callable[[], Body]] = {
    "customers.interaction.answer": lambda: {"answer": "accepted"},
    "customers.person.erase": lambda: {"name": "Ada Lovelace", "reason": "Letter"},
    "customers.person.write_consent": lambda: {"state": "given", "purpose_id": str(uuid7())},
    "notifications.notification.act": lambda: {"action_id": "nothing"},
    "dashboards.dashboard.role_defaults": lambda: {"role_ids": []},
    "webhooks.webhook.replay": lambda: {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"},
    "auth.user.set_password": lambda: {"password": "a new and much longer password"},
}


def make(entity: str, scope: Scope) -> tuple[UUID, UUID | None]:
    """A record of the kind, and the action that made it where one did."""
    with using_scope(scope), collecting_actions() as actions:
        maker = MAKERS.get(entity)
        record_id = maker() if maker else _example_of(entity)
    return record_id, actions[-1] if actions else None


def _example_of(entity: str) -> UUID:
    spec = COMMANDS.get(f"{entity}.create")
    assert spec is not None, f"no example and no maker of {entity}: add one to MAKERS"
    assert spec.example is not None, f"no example and no maker of {entity}: add one to MAKERS"
    return UUID(str(execute(spec, (), dict(spec.example(current_scope()))).pk))


def subject(route: Route, scope: Scope, default: UUID) -> tuple[UUID, Body]:
    """A record that the operation can be done to, and its body: those of the command's example, where it has one."""
    spec = route.command
    if spec is None or spec.example is None or route.action in {"create", "list"}:
        arguments = ARGUMENTS.get(f"{route.view.entity}.{route.action}")
        return default, arguments() if arguments else {}
    with using_scope(scope):
        given = dict(spec.example(scope))
    name = next(iter(spec.signature.parameters))
    if not isinstance(given.get(name), UUID):
        return default, plain(given)
    return given.pop(name), plain(given)


def creation(route: Route, scope: Scope) -> Body:
    """A valid body of creation."""
    if (maker := BODIES.get(route.view.entity)) is not None:
        return maker()
    spec = route.command
    assert spec is not None, f"no example and no body of {route.view.entity}: add one to BODIES"
    assert spec.example is not None, f"no example and no body of {route.view.entity}: add one to BODIES"
    with using_scope(scope):
        return writable(route, plain(spec.example(scope)))


def plain(values: Mapping[str, Any]) -> Body:
    """Arguments of a command as JSON."""
    found: Body = json.loads(json.dumps(dict(values), default=_plain))
    return found


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def writable(route: Route, values: Mapping[str, Any]) -> Body:
    """Those of the values that the operation takes."""
    fields = serializer_of(route)().fields
    return {name: value for name, value in values.items() if name in fields and not fields[name].read_only}


def serializer_of(route: Route) -> Any:
    """The serializer of the operation's body."""
    view = route.view()
    view.action = "update" if route.bulk else route.action
    view.request = None
    return view.get_serializer_class()


def writing_to(scope: Scope, organization_id: UUID) -> Scope:
    """The scope, with another organization selected."""
    return replace(scope, organization_id=organization_id)
