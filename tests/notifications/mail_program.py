"""A worker in a process of its own, with the templates of the tests: `python -m tests.notifications.mail_program`."""

from __future__ import annotations

import django


def main() -> None:
    """Run what is due, once."""
    django.setup()
    from apps.kernel.work.broker import celery_app
    from apps.kernel.work.sweeper import sweep
    from tests.notifications.letters import declared

    celery_app().finalize()
    with declared():
        print(dict(sweep()), flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
