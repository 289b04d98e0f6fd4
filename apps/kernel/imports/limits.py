"""How much one import takes. A file within these limits is read in bounded memory, whatever is in it."""

from __future__ import annotations

from typing import Final

MOST_BYTES: Final = 25 * 1024 * 1024
MOST_UNPACKED: Final = 400 * 1024 * 1024  # of a workbook, which is a compressed folder
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 250
MOST_CELLS: Final = 5_000_000
MOST_SHEET_CELLS: Final = 2_000_000  # the corners of a sheet span this many; its reader holds all of them
MOST_LETTERS: Final = 100_000  # of one cell
