"""What happens to staff accounts beside the lifecycle of their records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.auth.contracts import AccountLocked, LogInFailed, LogInSucceeded, PasswordChanged
from apps.kernel.eventbus.declarations import event

USER = "auth.user"

USER_LOCKED = event("auth.user.locked", payload=AccountLocked, label=_("An account was locked"))
PASSWORD_REPLACED = event("auth.user.password_changed", payload=PasswordChanged, label=_("A password was changed"))
LOG_IN_SUCCEEDED = event("auth.login.success", payload=LogInSucceeded, entity=USER, label=_("Somebody signed in"))
LOG_IN_FAILED = event("auth.login.failed", payload=LogInFailed, entity=USER, label=_("Somebody failed to sign in"))
