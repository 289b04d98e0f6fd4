"""A stretch of time with very many deliveries is sent again behind the answer, in the name and words of who asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import translation

from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from apps.webhooks.models import Webhook
from apps.webhooks.services import replay, replay_range, update_webhook
from apps.webhooks.services.replay import RangeReplayed
from tests.auth.factories import acting_as, reading_in
from tests.support.scopes import House
from tests.support.shelf.factories import make_reader
from tests.webhooks.conftest import NOON
from tests.webhooks.factories import go, make_webhook, outcomes
from tests.webhooks.receivers import Receiver

pytestmark = [pytest.mark.usefixtures("noon")]
DAY = timedelta(days=1)


@pytest.fixture
def sent(house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    """A webhook with more deliveries than are sent again at once."""
    monkeypatch.setattr(replay, "AT_ONCE", 1)
    webhook = make_webhook(house, receiver.url()).webhook
    go(house, "EUR", "PLN")
    return webhook


def again(house: House, webhook: Webhook) -> RangeReplayed:
    with acting_as(house, make_reader(house, "Bob", features=("webhooks.*", "progress.*"))):
        return replay_range(webhook.pk, start=NOON - DAY, end=NOON + DAY)


def job_of(house: House, job_id: UUID | None) -> Job:
    with reading_in(house):
        found: Job = Job.objects.get(pk=job_id)
        return found


def test_a_large_period_is_a_job(house: House, sent: Webhook) -> None:
    done = again(house, sent)
    assert {status for status, _, _ in outcomes(house)} == {"delivered"}
    sweep("work")
    job = job_of(house, done.job_id)
    assert (job.status, job.result, {status for status, _, _ in outcomes(house)}) == (
        "completed",
        {"count": 2},
        {"pending"},
    )


def test_a_job_that_is_refused_says_so_in_the_language_of_who_asked(house: House, sent: Webhook) -> None:
    with translation.override("de"):
        done = again(house, sent)
    with using_scope(house.scope(house.north)):
        update_webhook(sent.pk, is_active=False)
    sweep("work")
    job = job_of(house, done.job_id)
    assert (job.status, job.error) == ("failed", "Der Webhook ist ausgeschaltet. Schalten Sie ihn zuerst ein.")
