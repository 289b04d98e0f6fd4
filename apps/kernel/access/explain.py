"""Why an actor may or may not do something: the same path as the check itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _

from apps.kernel.access.grants import Decision
from apps.kernel.access.objects import Level, ObjectDecision, ObjectRule
from apps.kernel.access.visible import decide
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.registry.features import demand_declared
from apps.kernel.tenancy.scope import Actor


@dataclass(frozen=True, slots=True)
class Explanation:
    """One decision about one actor, in data and in words.

    `record` is the decision about the record that was asked about (None: about none), and `level` how far the
    feature has to reach on it.
    """

    actor: str
    feature: str
    decision: Decision
    record: ObjectDecision | None = None
    level: Level = Level.VIEW

    @property
    def allowed(self) -> bool:
        """Whether the actor may."""
        return self.decision.allowed and (self.record is None or self.record.allows(self.level))

    def __str__(self) -> str:
        """Say it for people."""
        verdict = _("{actor} may {feature}: {why}.") if self.allowed else _("{actor} may not {feature}: {why}.")
        about = "" if self.record is None else f"; {self._record_words(self.record)}"
        return verdict.format(actor=self.actor, feature=self.feature, why=f"{self._feature_words()}{about}")

    def _feature_words(self) -> str:
        grant, source = self.decision.grant, self.decision.source
        granted = _("holds {grant} from {source}") if source else _("holds {grant}")
        return {
            "super_admin": _("is a super admin of the tenant"),
            "granted": granted.format(grant=grant, source=source),
            "denied": _("is denied {grant}").format(grant=grant),
            "not_granted": _("holds nothing that covers it"),
        }[self.decision.rule]

    def _record_words(self, record: ObjectDecision) -> str:
        each = _("{level} through {source}")
        grants = ", ".join(each.format(level=grant.level, source=grant.source) for grant in record.grants)
        return {
            ObjectRule.OPEN: _("the record is not restricted"),
            ObjectRule.SUPER_ADMIN: _("the record is restricted, and super admins see it"),
            ObjectRule.SYSTEM: _("the record is restricted, and the system sees it"),
            ObjectRule.OWN: _("the record is restricted, and it is their own"),
            ObjectRule.SEES_ALL: _("the record is restricted, and a feature opens all of its kind"),
            ObjectRule.GRANTED: _("the record is restricted and granted: {grants}").format(grants=grants),
            ObjectRule.NOT_GRANTED: _("the record is restricted and not granted"),
        }[record.rule]


def explain_access(actor: Actor, feature: str, record: models.Model | None = None) -> Explanation:
    """Say which grant or rule decides about the feature, on one record where it is about one.

    On a restricted record a grant for changes is needed by every feature but the one that reads the kind.
    Raises NotRegistered for a feature that nobody declared.
    """
    demand_declared(feature)
    decision = actor.access.explain(feature)
    if record is None:
        return Explanation(actor.label, feature, decision)
    return Explanation(actor.label, feature, decision, decide(record, actor), level_of(feature, record))


def level_of(feature: str, record: models.Model) -> Level:
    """How far a feature reaches on a record: the one that reads its kind needs to see it, others change it."""
    reads = isinstance(record, ObjectAccess) and feature == record.view_feature
    return Level.VIEW if reads or not isinstance(record, ObjectAccess) else Level.CHANGE
