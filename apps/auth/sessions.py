"""Django's session engine on the rows of signed-in devices. Who is not signed in has no row and keeps nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from apps.auth.models import Session
from apps.kernel import clock
from apps.kernel.crypto.tokens import new_token, token_digest
from apps.kernel.tenancy.models import CredentialIndex
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.queueing import enqueue

KIND: Final = "session"
TOUCHED_EVERY: Final = timedelta(minutes=1)
KEY_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")
REASON: Final = "session"
EXPIRY: Final = "auth.expiry"
TIDIED_AFTER: Final = timedelta(days=1)
# Who signs in more often never signs out; programs have keys.
MOST_SESSIONS: Final = 100


@dataclass(frozen=True, slots=True)
class SignIn:
    """Whose session it becomes, and on which device; `is_remembered` says that it was asked to last."""

    tenant_id: UUID
    user_id: UUID
    device: str
    address: str | None
    is_remembered: bool = False


def is_session_key(value: Any) -> bool:
    """Say whether the value has the form of a session key; anything else is not worth a query."""
    return isinstance(value, str) and KEY_FORM.fullmatch(value) is not None


def tenant_of_session(key: str) -> UUID | None:
    """The tenant in which the session lies, from the global index; None for an unknown key. One query."""
    entries = CredentialIndex.objects.filter(kind=KIND, digest=token_digest(key))
    tenant_id: UUID | None = entries.values_list("tenant_id", flat=True).first()
    return tenant_id


def living_session(key: str) -> Session | None:
    """The session of the key in the open scope's tenant, None when it ended. One query."""
    session: Session | None = Session.objects.filter(digest=token_digest(key), expires_at__gt=clock.now()).first()
    return session


def session_of(session_id: UUID, *, user_id: UUID) -> Session | None:
    """The user's session in the open scope's tenant, None when it ended. One query."""
    living = Session.objects.filter(pk=session_id, user_id=user_id, expires_at__gt=clock.now())
    session: Session | None = living.first()
    return session


def touch_session(session: Session) -> None:
    """Note that the session is in use, at most once a minute."""
    now = clock.now()
    if now - session.last_used_at >= TOUCHED_EVERY:
        rows = Session.objects.filter(pk=session.pk, last_used_at__lte=now - TOUCHED_EVERY)
        rows.update(last_used_at=now)
        session.last_used_at = now


def _end_oldest(user_id: UUID) -> None:
    """End those devices of the user beyond MOST_SESSIONS that were not used for longest."""
    rows = Session.objects.filter(user_id=user_id).order_by("-last_used_at", "-pk")
    beyond = list(rows.values_list("pk", flat=True)[MOST_SESSIONS:])
    if beyond:
        Session.objects.filter(pk__in=beyond).delete()


class SessionStore(SessionBase):
    """One device's session. The cookie holds the key, the row its SHA-256.

    A store without a signed-in user lives for the request only: it saves nothing and sets no cookie.
    """

    def __init__(self, session_key: str | None = None) -> None:
        self._row: Session | None = None
        self._sign_in: SignIn | None = None
        super().__init__(session_key)

    @property
    def row(self) -> Session | None:
        """The stored session, None before the first save and for nobody."""
        return self._row

    def bind(self, sign_in: SignIn) -> None:
        """Say who signed in; the next save writes the row."""
        self._sign_in = sign_in
        self.modified = True

    def adopt(self, session: Session) -> None:
        """Take a row that was read for the same key, so that nothing is read twice."""
        self._row = session
        self._session_cache = self.decode(session.data)
        self.accessed = True

    def load(self) -> dict[str, Any]:
        """Read the session's data; an unknown or ended key is forgotten."""
        found = self._find(str(self.session_key))
        if found is None:
            self._session_key = None
            return {}
        self._row = found
        return dict(self.decode(found.data))

    def is_empty(self) -> bool:
        """Say whether there is nothing to keep, so that no cookie is set and a stale one goes."""
        if hasattr(self, "_session_cache"):
            return self._row is None and self._sign_in is None
        return not self.session_key

    def exists(self, session_key: str) -> bool:
        """Say whether the key leads to a session."""
        return is_session_key(session_key) and tenant_of_session(session_key) is not None

    def create(self) -> None:
        """Start afresh under a new key; the row follows when somebody has signed in."""
        self._row = None
        self._session_key = self._get_new_session_key()
        self._session_cache = {}
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Write the row, if somebody is signed in. Raises UpdateError when the session was ended meanwhile."""
        if self._row is not None and not must_create:
            self._update(self._row)
        elif self._sign_in is not None:
            self._insert(self._sign_in)
        elif must_create:
            raise CreateError

    def delete(self, session_key: str | None = None) -> None:
        """End the session of the key, or this one."""
        key = session_key or self.session_key or ""
        tenant_id = tenant_of_session(key) if is_session_key(key) else None
        if tenant_id is None:
            return
        with system_scope(tenant_id, REASON), scoped_transaction():
            Session.objects.filter(digest=token_digest(key)).delete()

    def flush(self) -> None:
        """End the session and forget who it belonged to."""
        super().flush()
        self._row = self._sign_in = None

    def cycle_key(self) -> None:
        """Give the session a new key; the row stays the same one."""
        data = self._data()
        row, sign_in = self._row, self._sign_in
        self.create()
        self._session_cache = data
        self._row, self._sign_in = row, sign_in
        if row is not None:
            self._update(row)

    @classmethod
    def clear_expired(cls) -> None:
        """Delete ended sessions, tenant by tenant."""
        tenants = CredentialIndex.objects.filter(kind=KIND).values_list("tenant_id", flat=True).distinct()
        for tenant_id in list(tenants):
            with system_scope(tenant_id, REASON), scoped_transaction():
                Session.objects.filter(expires_at__lte=clock.now()).delete()

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Seconds until the session expires, by the platform's clock."""
        return super().get_expiry_age(**{"modification": clock.now(), **kwargs})

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """When the session expires, by the platform's clock."""
        return super().get_expiry_date(**{"modification": clock.now(), **kwargs})

    def _data(self) -> dict[str, Any]:
        return dict(self.items())

    def _get_new_session_key(self) -> str:
        return new_token()[0]

    def _validate_session_key(self, key: Any) -> bool:
        return is_session_key(key)

    def _find(self, key: str) -> Session | None:
        tenant_id = tenant_of_session(key)
        if tenant_id is None:
            return None
        with system_scope(tenant_id, REASON), scoped_transaction():
            return living_session(key)

    def _update(self, row: Session) -> None:
        row.digest = token_digest(str(self.session_key))
        row.data, row.expires_at = self.encode(self._data()), self.get_expiry_date()
        with system_scope(row.tenant_id, REASON), scoped_transaction():
            changed = Session.objects.filter(pk=row.pk).update(
                digest=row.digest, data=row.data, expires_at=row.expires_at
            )
        if not changed:
            raise UpdateError

    def _insert(self, sign_in: SignIn) -> None:
        key = self.session_key if is_session_key(self.session_key) else self._get_new_session_key()
        self._session_key = key
        row = Session(
            digest=token_digest(str(key)),
            user_id=sign_in.user_id,
            data=self.encode(self._data()),
            device=sign_in.device,
            address=sign_in.address,
            is_remembered=sign_in.is_remembered,
            expires_at=self.get_expiry_date(),
        )
        with system_scope(sign_in.tenant_id, REASON), scoped_transaction():
            row.save(force_insert=True)
            _end_oldest(row.user_id)
            enqueue(EXPIRY, sign_in.tenant_id, clock.now() + TIDIED_AFTER)
        self._row = row
