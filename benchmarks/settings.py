"""Settings of the benchmarks: durable servers of their own unless DATABASE_URL names one, then the house's."""

import os
from pathlib import Path

from config import embedded

# Nothing here is timed through a broker.
os.environ["REDIS_URL"] = "memory://"
ROOT = Path(__file__).resolve().parent.parent
SERVERS = embedded.start(os.environ.get("AGORA_BENCH_HOME", ROOT / "var" / "bench"), durable=True, max_connections=50)

os.environ.update(SERVERS.urls.environment)
os.environ["AGORA_DEBUG"] = "0"  # with it Django remembers every statement
os.environ.setdefault("AGORA_SECRET_KEY", "benchmarks-only-" + "k" * 40)
os.environ.setdefault("AGORA_KEK", "YmVuY2htYXJrcy1vbmx5LWtleS1vZi0zMi1ieXRlcyE=")
os.environ.setdefault("AGORA_LOG_LEVEL", "ERROR")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

# A second database of the same server, for what is compared with the first.
DATABASES["other"] = {**DATABASES["default"]}
