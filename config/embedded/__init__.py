"""Servers of our own for development, tests and demonstrations: PostgreSQL and Valkey, not installed.

`start(home, durable=...)` answers servers that any number of processes share; the last one out stops them.
Standard library only: this package runs before anything is installed. See docs/how-to/embedded.md.
"""

from __future__ import annotations

from config.embedded.refusal import Refused
from config.embedded.servers import Servers, Urls, erase, start

__all__ = ["Refused", "Servers", "Urls", "erase", "start"]
