"""ASGI entry point; where the broker is in memory, worker and beat run in this process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()

from config import celery_embedded  # noqa: E402 - Celery needs the apps that the line above loads

celery_embedded.start()
