"""Refusals of the crypto room; neither says which key or which value."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Unavailable


class EncryptionUnavailable(Unavailable):
    """There is no key-encryption key: nothing private can be written or read."""

    code = "kernel.crypto.unavailable"
    message = _("Private data cannot be used now: the installation has no encryption key.")


class DecryptionFailed(Unavailable):
    """A stored value does not open: wrong key, moved to another place, or altered."""

    code = "kernel.crypto.failed"
    message = _("Stored private data cannot be read with the keys of this installation.")
