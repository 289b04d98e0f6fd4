"""System checks find what would break a wall, and pass on the house as it is."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from apps.kernel.bases.models import TenantModel
from apps.kernel.checks import check_walls, judge_model


def test_the_house_passes_its_own_checks() -> None:
    assert [message for message in run_checks() if not message.is_silenced()] == []


def ids(model: type[models.Model]) -> set[str]:
    return {str(message.id) for message in judge_model(model)}


@isolate_apps("apps.currencies")
def test_a_table_without_an_owner_must_say_why() -> None:
    class Loose(models.Model):
        class Meta:
            app_label = "currencies"

    assert ids(Loose) == {"kernel.E010"}


@isolate_apps("apps.currencies")
def test_an_unaudited_table_must_say_why() -> None:
    class Silent(TenantModel):
        audited = False

        class Meta:
            app_label = "currencies"
            base_manager_name = "objects"

    assert ids(Silent) == {"kernel.E011"}


@isolate_apps("apps.currencies")
def test_the_base_manager_must_be_the_scoped_one() -> None:
    class Open(TenantModel):
        class Meta:
            app_label = "currencies"

    assert ids(Open) == {"kernel.E012"}


@isolate_apps("apps.currencies")
def test_a_bare_foreign_key_is_found() -> None:
    class Target(TenantModel):
        class Meta:
            app_label = "currencies"
            base_manager_name = "objects"

    class Bare(TenantModel):
        target = models.ForeignKey(Target, on_delete=models.PROTECT)

        class Meta:
            app_label = "currencies"
            base_manager_name = "objects"

    assert ids(Bare) == {"kernel.E013"}


def test_a_model_without_its_wall_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    currency = apps.get_model("currencies", "Currency")
    monkeypatch.setattr(currency._meta, "model_name", "unwalled")
    assert [message.id for message in check_walls(None)] == ["kernel.E014"]
