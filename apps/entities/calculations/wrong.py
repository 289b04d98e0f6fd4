"""Why a value cannot be taken."""

from __future__ import annotations


class Wrong(ValueError):
    """A complaint about one value: a stable code, and words for people."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)
