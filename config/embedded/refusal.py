"""The one way in which the embedded servers say no."""

from __future__ import annotations


class Refused(SystemExit):
    """Ends the program with a sentence on what is wrong and what to do; no traceback helps here."""
