"""Settings of processes that tests of the work room start: the test's own database and its own keys in the broker."""

import os

from config.settings import *  # noqa: F403

BROKER_KEY_PREFIX = os.environ.get("BROKER_KEY_PREFIX", "agora-tests:")
