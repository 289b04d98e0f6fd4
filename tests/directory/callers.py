"""Staff who call the REST interface with a real session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client, RequestFactory

from apps.auth.models import User
from apps.auth.sessions import SessionStore
from apps.directory.models import Organization
from tests.auth.factories import make_member
from tests.support.scopes import House

BACKEND = "apps.auth.backends.StaffBackend"
PROBLEM = "application/problem+json"


def member(
    house: House, *features: str, only: tuple[Organization, ...] | None = None, name: str = "Bob", **acl: Any
) -> User:
    """A user with one role; `only` limits them to organizations."""
    listed = None if only is None else [item.pk for item in only]
    return make_member(house, *features, name=name, organization_ids=listed, **acl)


def client_of(user: User, *, organization: Organization | UUID | str | None = None, **headers: str) -> Client:
    """A client that is signed in and has selected an organization."""
    request: HttpRequest = RequestFactory().get("/")
    request.session = SessionStore()
    login(request, user, backend=BACKEND)
    request.session.save()
    if organization is not None:
        headers["X-Organization-Id"] = str(getattr(organization, "pk", organization))
    client = Client(headers=headers)
    client.cookies[settings.SESSION_COOKIE_NAME] = str(request.session.session_key)
    return client


def send(client: Client, method: str, path: str, body: object = None, **headers: str) -> Any:
    """Send JSON; the answer with `.json()`."""
    call = getattr(client, method)
    if body is None:
        return call(path, headers=headers)
    return call(path, body, content_type="application/json", headers=headers)


def complaints(answer: Any) -> dict[str, str]:
    """Field to code of every complaint of a problem document."""
    return {item["field"]: item["code"] for item in answer.json()["errors"]}
