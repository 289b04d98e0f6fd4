"""Settings of the test run: embedded servers first, then the settings that everything runs with."""

import os
from pathlib import Path

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
SERVERS = embedded.start(os.environ.get("AGORA_TEST_HOME", ROOT / "var" / "test"), durable=False, max_connections=200)

os.environ["DATABASE_URL"] = SERVERS.urls.app
os.environ["DATABASE_OWNER_URL"] = SERVERS.urls.owner
os.environ["DATABASE_ADMIN_URL"] = SERVERS.urls.provisioner
os.environ["REDIS_URL"] = SERVERS.urls.redis
os.environ.setdefault("AGORA_SECRET_KEY", "tests-only-" + "k" * 40)
os.environ.setdefault("AGORA_KEK", "dGVzdHMtb25seS1rZXktb2YtMzItYnl0ZXMtISEhISE=")
os.environ.setdefault("AGORA_TLS", "0")
os.environ.setdefault("AGORA_BCRYPT_COST", "10")

(ROOT / "var" / "static").mkdir(parents=True, exist_ok=True)

from config.settings import *  # noqa: E402, F403
from config.settings import INSTALLED_APPS as HOUSE  # noqa: E402

INSTALLED_APPS = [*HOUSE, "tests.support.shelf"]
PASSWORD_HASHERS = ["tests.support.hashing.QuickHasher"]
# Every test comes from one address; a test of limits names those that it wants.
RATE_LIMITS = {"*": "off"}
LIVE_STREAM = False  # most tests serve pages from processes that hold no streams
# Tests of events count the deliveries of subscribers that they declare; tests of search and webhooks switch these on.
EXTENSIONS_DISABLED = ["search.index", "search.settings", "search.fields", "search.types", "webhooks.ledger"]
WHITENOISE_AUTOREFRESH = True  # each client would look through all files once more
