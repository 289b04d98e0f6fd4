"""Calls of the log-in, session and password addresses, and what they left behind."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client

from apps.auth.models import LoginState, Session, User
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import PASSWORD, reading_in, system
from tests.support.scopes import House

ADDRESS = "bob@example.org"
NEW = "a new and much longer password"
LOG_IN, REFRESH = "/api/auth/session/", "/api/auth/session/refresh/"
DEVICES, CHANGE = "/api/auth/sessions/", "/api/auth/password/change/"
ASK, CONFIRM = "/api/auth/password/reset-request/", "/api/auth/password/reset-confirm/"
CHECK = "/api/auth/feature-check/"


def post(client: Client, path: str, body: Any, **headers: Any) -> Any:
    """Post JSON."""
    return client.post(path, body, content_type="application/json", headers=headers)


def log_in(client: Client | None = None, *, path: str = LOG_IN, **given: Any) -> Any:
    """Sign in with ADDRESS and PASSWORD, or what is given in their place."""
    return post(client or Client(), path, {"email": ADDRESS, "password": PASSWORD, **given})


def tokens(**given: Any) -> dict[str, Any]:
    """The answer of a log-in that has to succeed."""
    answer = log_in(**given)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def bearer(access: str) -> dict[str, str]:
    """The header of an access token."""
    return {"Authorization": f"Bearer {access}"}


def whoami(access: str) -> Any:
    """Ask for the session with an access token and no cookie."""
    return Client().get(LOG_IN, headers=bearer(access))


def refresh(token: str, **headers: str) -> Any:
    """Ask for a new pair."""
    return post(Client(), REFRESH, {"refresh": token}, **headers)


def stored(house: House) -> list[Session]:
    """The sessions of the house, oldest first."""
    with reading_in(house):
        return list(Session.objects.order_by("pk"))


def state_of(house: House, user: User) -> LoginState:
    """Hash and counters of the user."""
    with reading_in(house):
        state: LoginState = LoginState.objects.get(pk=user.pk)
        return state


def set_state(house: House, user: User, **values: object) -> None:
    """Set hash or counters of the user."""
    with using_scope(system(house)), scoped_transaction():
        LoginState.objects.filter(pk=user.pk).update(**values)


def mailed() -> list[Any]:
    """Do what is due, and take the mails that left."""
    sweep()
    found = list(mail.outbox)
    mail.outbox.clear()
    return found


def token_in(letter: Any) -> str:
    """The token behind the link of a mail."""
    found = re.search(r"/reset/([\w-]{43})\b", str(letter.body))
    assert found is not None
    return found[1]
