"""Why an actor may or may not do something: the same path as the check itself."""

from __future__ import annotations

from dataclasses import dataclass

from apps.kernel.access.grants import Decision
from apps.kernel.registry.features import demand_declared
from apps.kernel.tenancy.scope import Actor


@dataclass(frozen=True, slots=True)
class Explanation:
    """One decision about one actor, in data and in words."""

    actor: str
    feature: str
    decision: Decision

    @property
    def allowed(self) -> bool:
        """Whether the actor may."""
        return self.decision.allowed

    def __str__(self) -> str:
        """Say it for people."""
        where = f" from {self.decision.source}" if self.decision.source else ""
        reasons = {
            "super_admin": "is a super admin of the tenant",
            "granted": f"holds {self.decision.grant}{where}",
            "denied": f"is denied {self.decision.grant}",
            "not_granted": "holds nothing that covers it",
        }
        verdict = "may" if self.allowed else "may not"
        return f"{self.actor} {verdict} {self.feature}: {reasons[self.decision.rule]}."


def explain_access(actor: Actor, feature: str) -> Explanation:
    """Say which grant or rule decides. Raises NotRegistered for a feature that nobody declared."""
    demand_declared(feature)
    return Explanation(actor.label, feature, actor.access.explain(feature))
