"""Who takes part in an interaction: set as a whole by the interaction's own commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.models import Answer, Customer, Interaction, Participant
from apps.customers.selectors import seen_participants
from apps.customers.services.erased import erased_complaints
from apps.kernel.errors import FieldError
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES

Given = Sequence[Mapping[str, Any]]
Who = tuple[UUID | None, UUID | None]

USER = "auth.user"
MOST = 50


class Settled:
    """Who will take part, and what is wrong with what was given; None leaves everything as it is."""

    def __init__(self, interaction: Interaction, given: Given | None) -> None:
        self.interaction, self.is_given = interaction, given is not None
        self.wanted: dict[Who, str] = {}
        self.complaints: list[FieldError] = []
        self.stored = {} if given is None else _stored(interaction)
        for index, values in enumerate(given or ()):
            if not values.get("deleted"):
                self._take(index, values)
        self._demand_known(given or ())

    def _take(self, index: int, values: Mapping[str, Any]) -> None:
        who = (values.get("user_id"), values.get("customer_id"))
        complaint = next(self._faults(who), None)
        if complaint is None:
            known = self.stored.get(who)
            self.wanted[who] = values.get("answer") or (known.answer if known is not None else Answer.INVITED)
        else:
            self.complaints.append(FieldError(f"participants.{index}.{complaint[0]}", complaint[1], complaint[2]))

    def _faults(self, who: Who) -> Iterator[tuple[str, str, str]]:
        if (who[0] is None) == (who[1] is None):
            yield "user_id", "customers.participant.one", _("Name either a colleague or a customer.")
        elif who in self.wanted:
            field = "user_id" if who[0] is not None else "customer_id"
            yield field, "customers.list.repeated", _("This stands here twice.")
        elif len(self.wanted) >= MOST:
            yield "user_id", "too_many", _("There are at most {most} of them.").format(most=MOST)

    def _demand_known(self, given: Given) -> None:
        """Complain about people who are not there; those who take part already may stay."""
        new = [who for who in self.wanted if who not in self.stored]
        users, customers = ({who[place] for who in new} - {None} for place in (0, 1))
        missing: set[Any] = users - hold(ENTITIES[USER], users) if users else set()  # type: ignore[arg-type]
        missing |= customers - hold(ENTITIES[Customer.entity_id], customers) if customers else set()  # type: ignore[arg-type]
        for index, values in enumerate(given):
            for name in ("user_id", "customer_id"):
                if values.get(name) in missing:
                    self.complaints.append(no_such_record(f"participants.{index}.{name}"))
        named = ((f"participants.{index}.customer_id", values.get("customer_id")) for index, values in enumerate(given))
        self.complaints += erased_complaints((field, item) for field, item in named if item and item in customers)

    def store(self) -> None:
        """Write them in four statements at most."""
        if not self.is_given:
            return
        rows = Participant.objects
        if gone := [row.pk for who, row in self.stored.items() if who not in self.wanted]:
            # Customers whom the actor does not see stay, whatever list is set.
            seen = seen_participants(rows.filter(pk__in=gone)).values_list("pk", flat=True)
            rows.filter(pk__in=list(seen)).delete()
        added = [who for who in self.wanted if who not in self.stored]
        # In the organization of the interaction, whichever is selected.
        place = {"interaction": self.interaction, "organization_id": self.interaction.organization_id}
        rows.bulk_create(
            Participant(**place, user_id=who[0], customer_id=who[1], answer=self.wanted[who]) for who in added
        )
        changed = [row for who, row in self.stored.items() if row.answer != self.wanted.get(who, row.answer)]
        for row in changed:
            row.answer = self.wanted[row.user_id, row.customer_id]
        if changed:
            rows.bulk_update(changed, ["answer"])


def _stored(interaction: Interaction) -> dict[Who, Participant]:
    if interaction._state.adding:
        return {}
    rows = Participant.objects.select_for_update(no_key=True, of=("self",)).filter(interaction=interaction)
    return {(row.user_id, row.customer_id): row for row in rows.order_by("pk")}
