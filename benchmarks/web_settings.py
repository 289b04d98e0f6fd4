"""Settings of the server that benchmarks call: their database, their routes, no limits."""

import os

from benchmarks.settings import *  # noqa: F403
from benchmarks.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["AGORA_BENCH_DATABASE"]
ROOT_URLCONF = "benchmarks.urls"
ALLOWED_HOSTS = ["*"]
RATE_LIMITS = {"*": "off"}
SECURE_SSL_REDIRECT = False
