"""A server of this machine that speaks S3, and the settings that point to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import boto3
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from config import env

BUCKET = "agora-files"


@contextmanager
def s3_server() -> Iterator[str]:
    """A server with an empty bucket, for the block; its host and port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    place = f"{host}:{port}"
    try:
        client = boto3.client("s3", endpoint_url=f"http://{place}", region_name="us-east-1", **KEYS)
        client.create_bucket(Bucket=BUCKET)
        yield place
    finally:
        server.stop()


KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret/with+signs"}


def use(settings: Any, place: str, *, prefix: str = "", words: str = "") -> None:
    """Have the default storage be the bucket, by an address as the environment would hold it."""
    address = f"s3://key:secret%2Fwith%2Bsigns@{place}/{BUCKET}{prefix}?region=us-east-1&tls=0{words}"
    found = env.storage(address, folder=settings.MEDIA_ROOT)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": found.backend, "OPTIONS": {**found.options}},
    }
    settings.ATTACHMENTS_REDIRECT = found.redirects
    assert urlsplit(address).hostname == "127.0.0.1"
    storage: Any = storages["default"]
    assert storage.bucket_name == BUCKET
