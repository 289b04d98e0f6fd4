"""ASGI entry point, with the live stream; where the broker is in memory, worker and beat run in this process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from apps.kernel.eventbus.stream.serving import HouseHandler  # noqa: E402 - it needs the apps that are loaded above
from config import celery_embedded  # noqa: E402 - and so does Celery
from config.collecting import settle  # noqa: E402 - it imports settings

application = HouseHandler()
celery_embedded.start()
settle()
