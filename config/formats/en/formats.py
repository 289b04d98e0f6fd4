"""Dates that nobody can take for others: the month in letters, hours to 24.

Django's English is American: 03/04/2026 is another day for half of the readers, and a moment takes three lines of
a list.
"""

from __future__ import annotations

from typing import Final

DATE_FORMAT: Final = "j F Y"
TIME_FORMAT: Final = "H:i"
DATETIME_FORMAT: Final = "j M Y, H:i"
YEAR_MONTH_FORMAT: Final = "F Y"
MONTH_DAY_FORMAT: Final = "j F"
SHORT_DATE_FORMAT: Final = "j M Y"
SHORT_DATETIME_FORMAT: Final = "j M Y, H:i"
FIRST_DAY_OF_WEEK: Final = 1
