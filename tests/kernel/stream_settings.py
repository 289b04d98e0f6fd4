"""Settings of processes that serve streams to tests: the test's database, and books."""

import os

from tests.kernel.work_settings import *  # noqa: F403
from tests.kernel.work_settings import INSTALLED_APPS as HOUSE

INSTALLED_APPS = [*HOUSE, "tests.support.shelf"]
RATE_LIMITS = {"*": "off"}
ROOT_URLCONF = os.environ.get("STREAM_URLS", "config.urls")
