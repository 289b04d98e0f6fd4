"""Grants and wildcards: one matcher, one decision, one explanation."""

from __future__ import annotations

import pytest

from apps.kernel.access.explain import explain_access
from apps.kernel.access.grants import EVERYTHING, NOTHING, Access, has_all_features, has_feature, match_feature
from apps.kernel.registry.features import feature, is_declared, is_grantable, with_implied
from apps.kernel.registry.store import AlreadyRegistered, NotRegistered
from apps.kernel.tenancy.scope import Actor, ActorKind


@pytest.mark.parametrize(
    ("granted", "wanted", "covered"),
    [
        ("sales.orders.view", "sales.orders.view", True),
        ("sales.orders.view", "sales.orders.manage", False),
        ("sales.*", "sales.orders.view", True),
        ("sales.*", "sales", True),
        ("sales.*", "salesforce.view", False),
        ("sales.orders.*", "sales.orders", True),
        ("sales.orders.*", "sales.ordersets.view", False),
        ("*", "anything.at.all", True),
        ("*", "portal.orders.view", False),
        ("portal.*", "portal.orders.view", True),
        ("portal.*", "sales.orders.view", False),
        ("s*", "sales.view", False),
        ("sales.*.view", "sales.orders.view", False),
        ("Sales.*", "sales.view", False),
        ("", "sales.view", False),
    ],
)
def test_one_matcher_decides_what_a_grant_covers(granted: str, wanted: str, covered: bool) -> None:
    assert match_feature(granted, wanted) is covered


def test_nothing_wanted_is_always_covered_and_nothing_held_covers_nothing() -> None:
    assert has_all_features([], []) is True
    assert has_all_features(["a.*"], ["a.b", "a.c"]) is True
    assert has_all_features(["a.*"], ["a.b", "b.c"]) is False
    assert has_feature([], "a.b") is False


@pytest.mark.parametrize(
    ("access", "allowed", "rule", "grant"),
    [
        (NOTHING, False, "not_granted", None),
        (EVERYTHING, True, "granted", "*"),
        (Access(granted=frozenset({"currencies.view"})), True, "granted", "currencies.view"),
        (Access(granted=frozenset({"*"}), denied=frozenset({"currencies.*"})), False, "denied", "currencies.*"),
        (Access(is_super_admin=True, denied=frozenset({"*"})), True, "super_admin", None),
    ],
)
def test_the_check_and_its_explanation_are_one(access: Access, allowed: bool, rule: str, grant: str | None) -> None:
    decision = access.explain("currencies.view")
    assert (access.allows("currencies.view"), decision.rule, decision.grant) == (allowed, rule, grant)


def test_a_super_admin_of_staff_is_no_customer() -> None:
    assert Access(is_super_admin=True).allows("portal.orders.view") is False


def test_an_explanation_names_where_the_grant_comes_from() -> None:
    access = Access(granted=frozenset({"currencies.*"}), sources=(("currencies.*", "role Accountant"),))
    said = explain_access(Actor(ActorKind.STAFF, None, "Bob", access), "currencies.view")
    assert str(said) == "Bob may currencies.view: holds currencies.* from role Accountant."


def test_an_undeclared_feature_cannot_be_asked_for() -> None:
    with pytest.raises(NotRegistered):
        explain_access(Actor(ActorKind.STAFF, None, "Bob", EVERYTHING), "currencies.veiw")


def test_declared_features_wildcards_above_them_and_the_star_can_be_granted() -> None:
    grantable = ["currencies.view", "currencies.*", "directory.organizations.*", "*"]
    assert [is_grantable(item) for item in grantable] == [True] * 4
    assert [is_grantable(item) for item in ("nowhere.view", "nowhere.*", "curr.*", "")] == [False] * 4


def test_what_a_feature_implies_comes_with_it() -> None:
    assert "currencies.view" in with_implied(frozenset({"currencies.manage"}))


def test_a_feature_is_declared_once_and_in_form() -> None:
    assert is_declared("currencies.view")
    with pytest.raises(AlreadyRegistered):
        feature("currencies.view")
    with pytest.raises(ValueError, match="is not"):
        feature("currencies.*")
