"""`python -m config.supervisor demo`."""

from __future__ import annotations

import sys

from config.supervisor.demo import run_demo


def main(words: list[str]) -> None:
    """Do what the command line says."""
    if words != ["demo"]:
        raise SystemExit(__doc__)
    run_demo()


if __name__ == "__main__":
    main(sys.argv[1:])
