"""The back office's site, mounted at /backend/."""

from __future__ import annotations

from apps.backoffice.frame import BackOffice

site = BackOffice()
