"""New passwords by mail: whoever asks gets the same answer, and only the address learns more."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy

from apps.auth.errors import ResetRefused
from apps.auth.models import PasswordReset, User
from apps.auth.notifications import PASSWORD_RESET, declare_password_reset
from apps.auth.services.boundary import demand_system
from apps.auth.services.checks import password_complaints, refuse
from apps.auth.services.log_in import KIND as ADDRESS
from apps.auth.services.log_in import MAY_LOG_IN, NO_TENANT, entries_of_address
from apps.auth.services.passwords import end_resets_of, letter_context, replace_password
from apps.auth.sessions import EXPIRY, TIDIED_AFTER
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.idempotency import IdempotencyKey
from apps.kernel.commands.invocation import invoked
from apps.kernel.commands.loading import load_for_update
from apps.kernel.crypto.tokens import new_token, token_digest
from apps.kernel.ports import Mailer, OrganizationTree
from apps.kernel.registry.letters import Letter
from apps.kernel.services import service
from apps.kernel.tenancy.models import CredentialIndex
from apps.kernel.tenancy.scope import current_scope, system_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction
from apps.kernel.work.queueing import enqueue

KIND: Final = "password_reset"
ASKED_IN_ONE: Final = "auth.password_reset.one"
ASKED_ANYWHERE: Final = "auth.password_reset.every"
GOOD_FOR: Final = timedelta(minutes=60)
PAGE: Final = "/reset/{token}"


def ask_for_reset(email: str, *, tenant: str | UUID | None = None) -> None:
    """Have a worker mail a token to the address, in each tenant where it works or in the one that is named.

    A known address and an unknown one cost the same: one look into the index and one row of work, outside
    every tenant. Everything else is the worker's.
    """
    entries = entries_of_address(email, tenant).order_by("tenant_id", "subject_id")
    user_id = entries.values_list("subject_id", flat=True).first() or uuid4()
    kind = ASKED_ANYWHERE if tenant is None else ASKED_IN_ONE
    with reading_paused(), system_scope(NO_TENANT, "password reset"), scoped_transaction():
        enqueue(kind, user_id)


def queue_resets(user_id: UUID, *, everywhere: bool) -> None:
    """Queue the mail for the user, `everywhere` for all users with the same address; in a scoped transaction.

    Nobody is mailed whose account cannot be used, or whose tenant is closed.
    """
    entries = CredentialIndex.objects.filter(kind=ADDRESS, subject_id=user_id)
    if everywhere:
        entries = CredentialIndex.objects.filter(kind=ADDRESS, digest__in=entries.values("digest"))
    for tenant_id, subject_id in entries.order_by("tenant_id").values_list("tenant_id", "subject_id"):
        with system_scope(tenant_id, "password reset"), scoped_transaction():
            if usable_user(subject_id) is not None:
                service(Mailer).queue_secret(PASSWORD_RESET, subject_id)


def usable_user(user_id: UUID) -> User | None:
    """The user of the open scope whose account can be used now, in a tenant that is open."""
    if not service(OrganizationTree).tenant_is_open(current_scope().tenant_id):
        return None
    user: User | None = User.objects.filter(MAY_LOG_IN, pk=user_id).first()
    return user


def reset_letter(user_id: UUID) -> Letter | None:
    """The mail with a new token, which voids the ones before; None when the account cannot be used any more."""
    user = usable_user(user_id)
    if user is None:
        return None
    end_resets_of(user.pk)
    plain, digest = new_token()
    PasswordReset(user_id=user.pk, digest=digest, expires_at=clock.now() + GOOD_FOR).save(force_insert=True)
    enqueue(EXPIRY, user.tenant_id, clock.now() + TIDIED_AFTER)
    context = {
        **letter_context(user),
        "link": PAGE.format(token=plain),
        "minutes": int(GOOD_FOR.total_seconds() // 60),
    }
    return Letter(user.email, context, user.locale)


def confirm_reset(token: str, password: str, *, key: IdempotencyKey | None = None) -> None:
    """Set a new password by the token of a mail, once for the key.

    Raises WeakPassword, which leaves the token good, ResetRefused and Replayed.
    """
    refuse(password_complaints(password))
    digest = token_digest(token)
    entry = CredentialIndex.objects.filter(kind=KIND, digest=digest).values_list("tenant_id", "subject_id").first()
    tenant_id, reset_id = entry or (NO_TENANT, uuid4())
    with system_scope(tenant_id, "password reset"), invoked(idempotency=key):
        reset_password(reset_id, password=password)


@command(
    "auth.user.reset_password",
    open_reason="whoever has the one-time token; the system itself is demanded inside",
    undoable=False,
    undo_reason=gettext_lazy("the former password is not kept."),
    secret=("password",),
)
def reset_password(reset_id: UUID, *, password: str) -> User:
    """Use a token, once: set the password, lift a lock, end all sessions and other tokens. Raises ResetRefused."""
    demand_system()
    user_id = PasswordReset.objects.filter(pk=reset_id).values_list("user_id", flat=True).first()
    if user_id is None or usable_user(user_id) is None:
        raise ResetRefused
    user = load_for_update(User, user_id)  # before the token, as everything else that ends tokens locks
    now = clock.now()
    rows = PasswordReset.objects.filter(pk=reset_id, used_at__isnull=True, expires_at__gt=now)
    if not rows.update(used_at=now):
        raise ResetRefused
    replace_password(user, password)
    return user


declare_password_reset(reset_letter)
