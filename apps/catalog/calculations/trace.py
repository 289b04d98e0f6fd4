"""Traces of decisions: plain JSON that says everything a price was made from, and the price made again from it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from apps.catalog.calculations.selection import FITTING, layer_of, select_best_price
from apps.catalog.contracts import (
    Candidate,
    CurrencyPath,
    Layer,
    Lost,
    OfferFacts,
    PriceContext,
    PriceDecision,
    PriceRow,
    PriceRules,
    PriceTrace,
)

VERSION: Final = 1
OTHERS: Final = "others"
Document = dict[str, Any]
# What was found out later about a row says nothing about the decision: it must not change the digest.
_LATER: Final = frozenset({"known_until"})
_TIMES: Final = frozenset({"at", "known_at", "starts_at", "ends_at", "valid_from", "valid_until", "known_from"})
_NUMBERS: Final = frozenset(
    {"amount", "min_quantity", "max_quantity", "quantity", "unit_factor", "base_quantity", "tax_rate", "rate"}
)


class NoPrice(NamedTuple):
    """What a decision holds, for want of one: every row with its reason, and who had a say."""

    candidates: tuple[Candidate, ...] = ()
    steps: tuple[str, ...] = ()


NOBODY: Final = NoPrice()


def trace_of(
    decision: PriceDecision | None,
    context: PriceContext,
    *,
    rules: PriceRules,
    rates: Mapping[str, CurrencyPath],
    without: NoPrice = NOBODY,
) -> PriceTrace:
    """How a decision came about; `without` is said in its place where there is no price."""
    found = without if decision is None else decision
    candidates = found.candidates
    fitting = [item for item in candidates if item.reason in FITTING]
    document: Document = {
        "version": VERSION,
        "context": _context_document(context),
        "rules": {"layers": [int(layer) for layer in rules.layers], "only_cheaper": rules.only_cheaper_promotions},
        "rates": {code: _plain_fields(rates[code]) for code in _codes(fitting, context, rates)},
        "rows": [_candidate_document(item) for item in fitting],
        "steps": list(found.steps),
        "answer": None if decision is None else _answer_document(decision, fitting),
    }
    digest = hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest()
    document[OTHERS] = [_candidate_document(item) for item in candidates if item.reason not in FITTING]
    return PriceTrace(document, digest)


def digest_of(document: Mapping[str, Any]) -> str:
    """The digest of a document: SHA-256 of its canonical JSON without the rows that do not fit."""
    kept = {name: value for name, value in document.items() if name != OTHERS}
    return hashlib.sha256(msgspec.json.encode(kept, order="sorted")).hexdigest()


def replayed(document: Mapping[str, Any]) -> PriceDecision | None:
    """The decision, made again from nothing but its trace.

    What a resolver or a hook decided cannot be made again; it comes back as it was noted. Raises ValueError where the
    rows lead to another price than the one noted, and nobody else had a say.
    """
    context, steps = _context_from(document["context"]), tuple(document["steps"])
    candidates = [_candidate_from(item) for item in (*document["rows"], *document[OTHERS])]
    rules = PriceRules(tuple(map(Layer, document["rules"]["layers"])), document["rules"]["only_cheaper"])
    rates = {code: _from_plain(CurrencyPath, item) for code, item in document["rates"].items()}
    noted = _noted(document["answer"], candidates, steps)
    found = select_best_price((item.row for item in candidates), context, rules=rules, rates=rates)
    if _is_same(found, noted):
        return noted
    if not steps:
        raise ValueError("the trace does not lead to the price that it names")
    return noted


def _is_same(found: PriceDecision | None, noted: PriceDecision | None) -> bool:
    if found is None or noted is None:
        return found is noted
    return _outcome(found) == _outcome(noted)


def _outcome(decision: PriceDecision) -> tuple[object, ...]:
    fitting = tuple(item for item in decision.candidates if item.reason in FITTING)
    return (decision.row, decision.layer, decision.net, decision.gross, decision.conversion, fitting)


def _codes(fitting: Iterable[Candidate], context: PriceContext, rates: Mapping[str, CurrencyPath]) -> list[str]:
    """Currencies of the rows whose rates were looked at."""
    return sorted({item.row.currency for item in fitting} & set(rates) - {context.currency})


# From values to JSON.


def _uuid(value: Any) -> str:
    return str(value)


def _decimal(value: Any) -> str:
    return format(value, "f")


def _moment(value: Any) -> str:
    return str(value.astimezone(UTC).isoformat())


def _offer(value: Any) -> Document:
    return _tuple_document(value, _OFFER)


def _ids(value: Any) -> list[str]:
    return sorted(map(str, value))


_PLAIN: Final[Mapping[type, Callable[[Any], Any]]] = {
    UUID: _uuid,
    Decimal: _decimal,
    datetime: _moment,
    OfferFacts: _offer,
    frozenset: _ids,
}
_ROW: Final = tuple((name, PriceRow._field_defaults.get(name, ...)) for name in PriceRow._fields)
_OFFER: Final = tuple((name, OfferFacts._field_defaults.get(name, ...)) for name in OfferFacts._fields)


def _plain(value: Any) -> Any:
    convert = _PLAIN.get(type(value))
    return value if convert is None else convert(value)


def _tuple_document(values: Sequence[Any], shape: Sequence[tuple[str, Any]]) -> Document:
    """What a row says; what is as by default is left out."""
    return {
        name: _plain(value)
        for value, (name, default) in zip(values, shape, strict=True)
        if value is not default and name not in _LATER
    }


def _candidate_document(item: Candidate) -> Document:
    row, reason = item
    return {
        "row": _tuple_document(row, _ROW),
        "layer": int(layer_of(row)),
        "reason": None if reason is None else reason.value,
    }


def _plain_fields(value: Any) -> Document:
    return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}


def _context_document(context: PriceContext) -> Document:
    """The context; numbers without trailing zeros, so that 1 and 1.0 are one question."""
    found = _plain_fields(context)
    for name in ("quantity", "unit_factor", "base_quantity", "tax_rate"):
        value = getattr(context, name)
        found[name] = None if value is None else _decimal(value.normalize())
    return found


def _answer_document(decision: PriceDecision, fitting: Sequence[Candidate]) -> Document:
    row = decision.row
    is_known = any(item.row is row for item in fitting)
    return {
        "row_id": None if row is None else str(row.id),
        "row": None if row is None or is_known else _tuple_document(row, _ROW),
        "layer": None if decision.layer is None else int(decision.layer),
        "currency": decision.currency,
        "net": _decimal(decision.net),
        "gross": _decimal(decision.gross),
        "tax_rate": _decimal(decision.tax_rate.normalize()),
        "conversion": None if decision.conversion is None else _plain_fields(decision.conversion),
    }


# And back.


def _restored(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _TIMES:
        return datetime.fromisoformat(value)
    if name in _NUMBERS:
        return Decimal(value)
    if name == "offer":
        return OfferFacts(**_all_restored(value))
    if name == "id" or name.endswith("_id"):
        return UUID(value)
    return frozenset(map(UUID, value)) if name.endswith("_ids") else value


def _all_restored(values: Mapping[str, Any]) -> Document:
    return {name: _restored(name, value) for name, value in values.items()}


def _context_from(values: Mapping[str, Any]) -> PriceContext:
    return PriceContext(**_all_restored(values))


def _candidate_from(values: Mapping[str, Any]) -> Candidate:
    reason = values["reason"]
    return Candidate(PriceRow(**_all_restored(values["row"])), None if reason is None else Lost(reason))


def _from_plain(kind: Callable[..., CurrencyPath], values: Mapping[str, Any]) -> CurrencyPath:
    return kind(**_all_restored(values))


def _noted(
    answer: Mapping[str, Any] | None, candidates: Sequence[Candidate], steps: tuple[str, ...]
) -> PriceDecision | None:
    """The decision as the trace has noted it."""
    if answer is None:
        return None
    by_id = {str(item.row.id): item.row for item in candidates}
    own = answer["row"]
    return PriceDecision(
        row=by_id.get(answer["row_id"]) if own is None else PriceRow(**_all_restored(own)),
        layer=None if answer["layer"] is None else Layer(answer["layer"]),
        currency=answer["currency"],
        net=Decimal(answer["net"]),
        gross=Decimal(answer["gross"]),
        tax_rate=Decimal(answer["tax_rate"]),
        conversion=None if answer["conversion"] is None else _from_plain(CurrencyPath, answer["conversion"]),
        candidates=tuple(candidates),
        steps=steps,
    )
