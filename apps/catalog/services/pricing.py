"""The pricing service: prices of many requests at once, with everybody's say and the reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from apps.catalog.calculations.selection import (
    NO_RATES,
    Weighed,
    currencies_needed,
    resolve_price_variant_id,
    select_best_price,
    weighed,
)
from apps.catalog.calculations.trace import NoPrice, trace_of
from apps.catalog.contracts import (
    NO_OPINION,
    PRICING_RESOLVERS,
    Candidate,
    ExplainedPrice,
    PriceAnswers,
    PriceContext,
    PriceDecision,
    PriceQuestion,
    PriceQuestions,
    PriceRequest,
    PriceRow,
    PricingResolver,
)
from apps.catalog.events import PRICING_RESOLVE
from apps.catalog.selectors.price_facts import stored_rules
from apps.catalog.selectors.price_past import facts_known
from apps.catalog.selectors.price_rows import Asked, price_rows
from apps.catalog.selectors.questions import Groups, context_for, demand_known, rows_for, tax_classes
from apps.catalog.services.conversion import Rates, rates_for
from apps.customers.contracts import CustomerGroups
from apps.kernel import clock
from apps.kernel.commands.forbidding import read_only
from apps.kernel.eventbus.hooks import HookAnswerInvalid, handlers_of
from apps.kernel.registry.store import NotRegistered
from apps.kernel.services import service
from apps.sales.contracts import TaxRates

Decision = PriceDecision | None
NOTHING: Final = Weighed(None, ())


class StoredCatalogPricing:
    """`CatalogPricing` from the tables."""

    def prices_for(self, requests: Sequence[PriceRequest]) -> tuple[Decision, ...]:
        """The price of each request. Raises InvalidInput."""
        return _Round(requests, whole=False).decided() if requests else ()

    def explained(self, requests: Sequence[PriceRequest]) -> tuple[ExplainedPrice, ...]:
        """The same with traces. Raises InvalidInput."""
        if not requests:
            return ()
        now = clock.now()
        asked = _Round(requests, whole=True, now=now)
        return asked.explained(asked.decided())

    def select_best_price(self, rows: Iterable[PriceRow], context: PriceContext) -> Decision:
        """The price among given rows, ranked as the tenant has set."""
        return select_best_price(rows, context, rules=stored_rules())

    def resolve_price_variant_id(self, row: PriceRow) -> UUID | None:
        """The variant that a row belongs to, directly or through its offer."""
        return resolve_price_variant_id(row)


@dataclass(slots=True)
class _Said:
    """Who had a say in a question, and what the catalog itself had to choose from."""

    steps: tuple[str, ...]
    rates: Rates
    found: Weighed


class _Round:
    """One call: facts and prices are read once, hooks are asked once, and each question is decided on its own."""

    def __init__(self, requests: Sequence[PriceRequest], *, whole: bool, now: datetime | None = None) -> None:
        self.now = now or clock.now()
        self.known = facts_known(requests)
        demand_known(requests, self.known)
        self.facts = [self.known[request.known_at] for request in requests]
        self.resolvers = PRICING_RESOLVERS.open()
        has_others = bool(self.resolvers or handlers_of(f"{PRICING_RESOLVE.name}.before"))
        self.questions = self._questions(requests, whole=whole or has_others)
        self.said = [_Said((), NO_RATES, NOTHING) for _ in requests]

    def _questions(self, requests: Sequence[PriceRequest], *, whole: bool) -> tuple[PriceQuestion, ...]:
        known, moments = self.known, set(self.known)
        tax = service(TaxRates).rates_known(tax_classes(known), moments)
        groups = _groups_known(requests, moments)
        contexts = [
            context_for(request, facts, tax[request.known_at], groups[request.known_at], now=self.now)
            for request, facts in zip(requests, self.facts, strict=True)
        ]
        rows = price_rows(known, Asked(contexts, moments), whole=whole)
        return tuple(
            PriceQuestion(
                request,
                context,
                rows_for(request, rows[request.known_at].get(request.product_id, ()), facts, now=self.now),
            )
            for request, context, facts in zip(requests, contexts, self.facts, strict=True)
        )

    def decided(self) -> tuple[Decision, ...]:
        """Ask everybody in their order."""
        given = PriceQuestions(self.questions)
        found = PRICING_RESOLVE.run(given, self._calculated, noted=self._note).items
        return tuple(
            replace(decision, steps=said.steps) if decision is not None and said.steps else decision
            for decision, said in zip(found, self.said, strict=True)
        )

    def _calculated(self, given: PriceQuestions) -> PriceAnswers:
        """What resolvers and else the catalog itself decide about the questions, as `before` has left them."""
        self.questions = given.items
        pairs = zip(given.items, self.said, strict=True)
        answers = [self._resolved(question, said) for question, said in pairs]
        open_ones = [place for place, answer in enumerate(answers) if answer is NO_OPINION]
        self._select(open_ones)
        for place in open_ones:
            answers[place] = self.said[place].found.decision
        return PriceAnswers(tuple(answers))

    def _select(self, places: Sequence[int]) -> None:
        """Let the catalog choose: without rates, and then once more where they make a difference."""
        for place in places:
            self.said[place].found = self._weighed(place)
        needed = {place: codes for place in places if (codes := currencies_needed(self.said[place].found))}
        contexts = [self.questions[place].context for place in needed]
        for place, rates in zip(needed, rates_for(contexts, list(needed.values())), strict=True):
            if rates:
                self.said[place].rates = rates
                self.said[place].found = self._weighed(place)

    def _weighed(self, place: int) -> Weighed:
        question, said = self.questions[place], self.said[place]
        return weighed(question.rows, question.context, rules=self.facts[place].rules, rates=said.rates)

    def _resolved(self, question: PriceQuestion, said: _Said) -> Any:
        """What the first resolver with an opinion decides."""
        for resolver in self.resolvers:
            answer = _answer_of(resolver, question)
            if answer is not NO_OPINION:
                said.steps += (resolver.id,)
                return answer
        return NO_OPINION

    def _note(self, handler: str, former: Any, found: Any) -> None:
        """Remember in which questions a handler of the hook has changed something."""
        if len(found.items) != len(self.said):
            wanted = f"{len(self.said)} items"
            raise HookAnswerInvalid(
                handler=handler, hook=PRICING_RESOLVE.name, returned=f"{len(found.items)} items", wanted=wanted
            )
        for said, before, after in zip(self.said, former.items, found.items, strict=True):
            if after is not before and after != before:
                said.steps += (handler,)

    def explained(self, decisions: Sequence[Decision]) -> tuple[ExplainedPrice, ...]:
        """The decisions with their traces."""
        return tuple(ExplainedPrice(decision, self._trace(place, decision)) for place, decision in enumerate(decisions))

    def _trace(self, place: int, decision: Decision) -> Any:
        question, said = self.questions[place], self.said[place]
        rejected: tuple[Candidate, ...] = said.found.candidates
        return trace_of(
            decision,
            self._pinned(question),
            rules=self.facts[place].rules,
            rates=said.rates,
            without=NoPrice(rejected, said.steps),
        )

    def _pinned(self, question: PriceQuestion) -> PriceContext:
        """The context with the moment at which it was asked, so that it can be asked again."""
        context = question.context
        if context.known_at is not None:
            return context
        latest = max((row.known_from for row in question.rows if row.known_from is not None), default=self.now)
        return replace(context, known_at=max(self.now, latest))


def _answer_of(resolver: PricingResolver, question: PriceQuestion) -> Any:
    with read_only(resolver.id):
        return resolver.resolve(question)


def _groups_known(
    requests: Sequence[PriceRequest], moments: Collection[datetime | None]
) -> Mapping[datetime | None, Groups]:
    """Groups of the customers whose requests do not say them; none where the customers are kept elsewhere."""
    wanted = {item.customer_id for item in requests if item.customer_id and item.customer_group_ids is None}
    none: Mapping[datetime | None, Groups] = {moment: {} for moment in moments}
    try:
        return service(CustomerGroups).groups_known(wanted, moments) if wanted else none
    except NotRegistered:
        return none
