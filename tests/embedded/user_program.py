"""A user of embedded servers, run as a program by the tests: starts, says so in JSON, holds until told.

Standard library only, so that an interpreter without any package can run it as another user.
Usage: user_program.py PROJECT HOME durable|passing
"""

from __future__ import annotations

import json
import sys


def main(project: str, home: str, mode: str) -> None:
    """Start the servers, print where they are, stop when the input ends."""
    sys.path.insert(0, project)
    from config import embedded

    with embedded.start(home, durable=mode == "durable") as servers:
        sys.stdout.write(json.dumps({**servers.urls.environment, "identity": servers.identity}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
