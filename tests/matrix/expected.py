"""What an operation should answer to a caller, derived from its guard and from what the caller sees."""

from __future__ import annotations

from collections.abc import Mapping

from tests.matrix.calls import Answer
from tests.matrix.routes import SAFE, Route
from tests.matrix.world import Actor

Statuses = frozenset[int]
SUCCESS: Mapping[str, int] = {
    "list": 200,
    "retrieve": 200,
    "create": 201,
    "update": 200,
    "partial_update": 200,
    "destroy": 204,
    "bulk": 200,
}
# Actions whose body points to records of North, which is nowhere for others.
POINTING = frozenset({"create", "record"})
DONE: Statuses = frozenset({200, 201, 202, 204})
# An action whose command has no example may find nothing to do, or the wrong state.
ARGUED: Statuses = DONE | {400, 404, 409}
MISSING: Statuses = frozenset({404})
NOWHERE: Statuses = frozenset({400})
GUARD_CODES = frozenset({"kernel.not_authenticated", "kernel.feature_required", "kernel.guard_missing"})
# Own sessions, passwords and notifications belong to people; a program has none, whatever its key may do.
FOR_PEOPLE = frozenset(
    {(403, "auth.session.required"), (403, "notifications.inbox.none"), (409, "customers.actor.no_person")}
)
# Refusals inside, beyond the guard: by what the caller may hand out, and of what belongs to the platform or to more
# organizations than the caller sees.
BOUNDARIES = frozenset(
    {
        "auth.grant.beyond_own",
        "dashboards.dashboard.read_only",
        "directory.tenant.platform_only",
        "entities.definition.whole_tenant_only",
    }
)
# Addresses that a process for requests does not serve.
ELSEWHERE = frozenset({"api/events/stream/"})
# Kinds whose operations also ask for the features of other commands: undo, for that of what is taken back.
# A file, for those of its record; an address, for those of its customer; the view of a role, for that of giving views
# to roles.
ASKING_MORE = frozenset(
    {
        "attachments.attachment",
        "backoffice.view",
        "customers.address",
        "customers.comment",
        "customers.contact_point",
        "kernel.action",
    }
)
# What is made by a form, so that JSON is refused; the tests of the module send forms.
BY_FORM = frozenset({"attachments.attachment.create"})
FORMS = frozenset({"api/imports/"})
# What can be done with the caller's own things alone, which the example made for somebody else; or with the ids that
# the body names.
WITH_OWN = frozenset(
    {
        "attachments.attachment.claim",
        "catalog.category.reorder",
        "catalog.price.set_tiers",
        "customers.company.restrict",
        "customers.company.unrestrict",
        "customers.deal.restrict",
        "customers.deal.unrestrict",
        "customers.person.restrict",
        "customers.person.unrestrict",
        "customers.interaction.answer",
        "entities.definition.reorder",
    }
)


def complaint(route: Route, actor: Actor, answer: Answer) -> str:
    """What is wrong with the answer; "" when nothing is."""
    found = f"{actor}: {answer.status} {answer.code} {answer.body[:300]!r}"
    if route.is_public:
        return found if answer.status >= 500 or answer.code in GUARD_CODES else ""
    if actor.refusal is not None:
        return "" if (answer.status, answer.code) == actor.refusal else f"{found}, not {actor.refusal}"
    if not actor.holds:
        is_refused = (answer.status, answer.code) == (403, "kernel.feature_required")
        return "" if is_refused and answer.json["feature"] in route.features else f"{found}, not 403"
    if not route.features and actor.is_program and (answer.status, answer.code) in FOR_PEOPLE:
        return ""
    if route.is_resource and route.method not in SAFE and _is_bounded(route, actor, answer):
        return ""
    allowed = allowed_statuses(route, actor)
    return "" if answer.status in allowed else f"{found}, not {sorted(allowed)}"


def allowed_statuses(route: Route, actor: Actor) -> Statuses:
    """Statuses for somebody whom the guard lets pass."""
    if route.path in ELSEWHERE:
        return frozenset({501})
    if route.path in FORMS and route.method not in SAFE:
        return frozenset({415})
    if not route.is_resource:
        return ARGUED
    done = _done(route)
    if route.action in POINTING and (actor.sees != "north" or route.entity.narrows):
        return done | NOWHERE
    if route.bulk:
        return _unseen(route, actor, done, NOWHERE)
    return _unseen(route, actor, done, MISSING) if route.is_detail else done


def _is_bounded(route: Route, actor: Actor, answer: Answer) -> bool:
    """Whether a refusal beyond the guard is right; the tenant's super admin hears only that of the platform."""
    if answer.status != 403:
        return False
    if answer.code == "kernel.record.read_only":  # who sees all restricted records changes none
        return route.action == "unrestrict" and actor.name != "super admin"
    if answer.code == "kernel.feature_required":
        return route.view.entity in ASKING_MORE and answer.json["feature"] not in route.features
    of_module = answer.code.partition(".")[0] == route.path.split("/")[1]
    is_free = actor.name == "super admin" and answer.code != "directory.tenant.platform_only"
    return of_module and answer.code in BOUNDARIES and not is_free


def _done(route: Route) -> Statuses:
    name = f"{route.view.entity}.{route.action}"
    if name in BY_FORM:
        return frozenset({415})
    if name in WITH_OWN:
        return ARGUED
    if route.action in SUCCESS:
        return frozenset({SUCCESS[route.action]})
    has_example = route.command is not None and route.command.example is not None
    return DONE if has_example else ARGUED


def _unseen(route: Route, actor: Actor, done: Statuses, refusal: Statuses) -> Statuses:
    """The refusal where the record cannot be seen, either where its module has a rule of its own for that."""
    if actor.sees == "other" or (route.is_walled and actor.sees != "north"):
        return refusal
    return done if route.is_walled or actor.name == "super admin" else done | refusal
