"""Log-ins as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from apps.directory.management.staff import LogIn

HEADINGS = ("Tenant", "Role", "E-mail", "Password")


def base_url() -> str:
    """Where the installation is served."""
    return str(getattr(settings, "AGORA_BASE_URL", "http://127.0.0.1:8000")).rstrip("/")


def log_in_table(log_ins: Sequence[LogIn]) -> str:
    """The log-ins in columns, with the address to use them at."""
    rows = [HEADINGS, *((item.tenant, item.role, item.email, item.password) for item in log_ins)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    address = f"Back office: {base_url()}/backend/    REST: {base_url()}/api/"
    return "\n".join([address, "These passwords are shown this once only:", "", *lines])
