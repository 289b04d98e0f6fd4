"""`python -m config.embedded erase FOLDER...`: removes servers' data, also what lies outside the folder."""

from __future__ import annotations

import sys

from config.embedded.servers import erase


def main(words: list[str]) -> None:
    """Do what the command line says."""
    if len(words) < 2 or words[0] != "erase":
        raise SystemExit(__doc__)
    for home in words[1:]:
        erase(home)


if __name__ == "__main__":
    main(sys.argv[1:])
