"""Settings with only some modules installed: the ids in AGORA_ONLY, on top of what Django itself needs."""

import os

os.environ.setdefault("AGORA_SECRET_KEY", "x" * 50)
if "example" in os.environ["AGORA_ONLY"].split(","):
    os.environ["AGORA_EXAMPLE"] = "1"

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as ALL_APPS

WANTED = {f"apps.{name}" for name in os.environ["AGORA_ONLY"].split(",")}
INSTALLED_APPS = [name for name in ALL_APPS if not name.startswith("apps.") or name in WANTED | {"apps.kernel"}]
if "apps.shelf" in WANTED:
    INSTALLED_APPS.append("tests.support.shelf")
if "apps.backoffice" not in WANTED:
    ROOT_URLCONF = "tests.support.no_urls"
