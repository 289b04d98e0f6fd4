"""Typed readers of the process environment: the only place where settings meet `os.environ`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from apps.kernel.errors import PlatformError

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})
_POSTGRES = ("postgresql", "postgres")


class SettingInvalid(PlatformError):
    """A variable is missing or cannot be read; the value itself is never shown, it may be a secret."""

    status = 500
    code = "kernel.setting_invalid"
    message = "Environment variable {name} {complaint}."

    def __init__(self, *, name: str, complaint: str) -> None:
        super().__init__(name=name, complaint=complaint)


def text(name: str, default: str | None = None) -> str:
    """Without a default the variable has to be there; an empty value counts as absent."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise SettingInvalid(name=name, complaint="has to be set")
    return value


def flag(name: str, *, default: bool) -> bool:
    """Read 1/0, true/false, yes/no or on/off."""
    value = text(name, "1" if default else "0").lower()
    if value not in _YES | _NO:
        raise SettingInvalid(name=name, complaint="has to be 1 or 0, true or false, yes or no, on or off")
    return value in _YES


def integer(name: str, default: int | None = None, *, least: int | None = None) -> int:
    """Read a whole number, not under `least`."""
    try:
        value = int(text(name, None if default is None else str(default)))
    except ValueError:
        raise SettingInvalid(name=name, complaint="has to be a whole number") from None
    if least is not None and value < least:
        raise SettingInvalid(name=name, complaint=f"has to be {least} or more")
    return value


def seconds(name: str, default: float | None = None) -> float:
    """Read a duration in seconds; fractions are allowed, zero is, less is not."""
    try:
        value = float(text(name, None if default is None else str(default)))
    except ValueError:
        raise SettingInvalid(name=name, complaint="has to be a number of seconds") from None
    if not 0 <= value < float("inf"):
        raise SettingInvalid(name=name, complaint="has to be a duration of zero seconds or more")
    return value


def listing(name: str, default: Iterable[str] = ()) -> list[str]:
    """Read a comma-separated list; blanks around and empty items are dropped."""
    return [item.strip() for item in text(name, ",".join(default)).split(",") if item.strip()]


def mapping(name: str) -> dict[str, str]:
    """Read comma-separated pairs `key=value`; nothing set is no pair."""
    pairs = [item.partition("=") for item in listing(name)]
    found = {key.strip(): value.strip() for key, _, value in pairs}
    if len(found) < len(pairs) or not all(key and value for key, value in found.items()):
        raise SettingInvalid(name=name, complaint="has to be a list of key=value, each key once, parted by commas")
    return found


def choice(name: str, allowed: Sequence[str]) -> str:
    """Read one of the allowed words; the first of them where nothing is said."""
    value = text(name, allowed[0]).lower()
    if value not in allowed:
        raise SettingInvalid(name=name, complaint=f"has to be {' or '.join(allowed)}")
    return value


def url(name: str, default: str | None = None, *, schemes: Iterable[str] = ("http", "https")) -> str:
    """Read an address whose scheme is one of `schemes`."""
    value, allowed = text(name, default), tuple(schemes)
    if value.partition("://")[0] not in allowed:
        raise SettingInvalid(name=name, complaint=f"has to be an address of {' or '.join(allowed)}")
    return value


def secret(name: str, default: str | None = None) -> str:
    """Read `name`, or the file that `<name>_FILE` points to (container secrets)."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return text(name, default)
    try:
        return Path(path).read_text().strip()
    except OSError:
        raise SettingInvalid(name=f"{name}_FILE", complaint="names a file that cannot be read") from None


def database(address: str, *, application_name: str = "agora") -> dict[str, Any]:
    """Turn a PostgreSQL address into an entry of Django's DATABASES.

    `postgresql://user:password@host:5432/name?sslmode=require`; a socket folder stands in the query:
    `postgresql://user@/name?host=/run/postgresql&port=5432`. Other query words become libpq options.
    """
    try:
        parts = urlsplit(address)
        port = str(parts.port or "")
    except ValueError:
        raise _not_a_database() from None
    if parts.scheme not in _POSTGRES or not parts.path.strip("/"):
        raise _not_a_database()
    # libpq decodes %XX only: a plus sign in a folder's name is a plus sign.
    query = dict(parse_qsl(parts.query.replace("+", "%2B")))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": query.pop("port", "") or port,
        "CONN_MAX_AGE": 60,
        # Server-side statements do not outlive a transaction behind PgBouncer, so none are prepared.
        "OPTIONS": {"application_name": application_name, **query, "prepare_threshold": None},
    }


def _not_a_database() -> SettingInvalid:
    return SettingInvalid(name="DATABASE_URL", complaint="has to look like postgresql://user@host/database")


@dataclass(frozen=True, slots=True)
class Mail:
    """How mails leave, in the words of Django's EMAIL_* settings; `folder` is for the back end that writes files."""

    backend: str
    folder: Path
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False


def mail(address: str, *, folder: Path) -> Mail:
    """Read EMAIL_URL.

    `smtp://user:password@host:587/?tls=1` (STARTTLS), `smtps://user:password@host:465/`, `console://`,
    `file:///folder`, and `file://` for the given folder. User and password are decoded (`%40` is an at sign).
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _not_a_mail_server() from None
    if parts.scheme == "file" and not parts.netloc and not parts.query:
        return Mail("apps.notifications.services.files.FileBackend", Path(unquote(parts.path) or folder))
    if parts.scheme == "console" and not (parts.netloc or parts.path.strip("/") or parts.query):
        return Mail("django.core.mail.backends.console.EmailBackend", folder)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    use_tls, use_ssl = _starttls(query), parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    misread = not parts.hostname or parts.path.strip("/") or (use_tls and use_ssl) or bool(user) != bool(password)
    if parts.scheme not in {"smtp", "smtps"} or misread:
        raise _not_a_mail_server()
    usual = 465 if use_ssl else 587 if use_tls else 25
    return Mail(
        "django.core.mail.backends.smtp.EmailBackend", folder, str(parts.hostname), port or usual, user, password,
        use_tls, use_ssl,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Storage:
    """Where files lie, in the words of Django's STORAGES; `folder` is for the back end that keeps them on disk.

    `redirects`: whoever may have a file is sent to the storage itself, with an address that is good for a minute.
    """

    backend: str
    folder: Path
    options: Mapping[str, Any]
    redirects: bool = False


def storage(address: str, *, folder: Path) -> Storage:
    """Read AGORA_STORAGE_URL.

    `file:///folder`, and `file://` for the given folder. `s3://key:secret@host/bucket/prefix?region=eu-central-1` for
    Amazon S3 and what speaks like it; without key and secret those of the machine count. Further words: `tls=0` for
    plain HTTP, `addressing=virtual|path`, `delivery=stream` where browsers do not reach the storage.
    """
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise _not_a_storage() from None
    if parts.scheme == "file" and not parts.netloc and not parts.query:
        return Storage("django.core.files.storage.FileSystemStorage", Path(unquote(parts.path) or folder), {})
    bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
    words = {"tls": "1", "addressing": "path", "delivery": "redirect", "region": ""}
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    chosen = {**words, **given}
    misread = not parts.hostname or not bucket or bool(parts.username) != bool(parts.password)
    if parts.scheme != "s3" or misread or not set(given) <= set(words) or not _are_known(chosen):
        raise _not_a_storage()
    options = {
        "bucket_name": bucket,
        "location": prefix,
        "endpoint_url": f"{'https' if chosen['tls'] == '1' else 'http'}://{parts.hostname}{port}",
        "region_name": chosen["region"] or None,
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
        "addressing_style": chosen["addressing"],
        "signature_version": "s3v4",
        "querystring_auth": True,
        "default_acl": None,
        "max_memory_size": 1024 * 1024,  # larger ones are read through a temporary file
    }
    return Storage("storages.backends.s3.S3Storage", folder, options, redirects=chosen["delivery"] == "redirect")


def _are_known(words: Mapping[str, str]) -> bool:
    allowed = {"tls": ("0", "1"), "addressing": ("path", "virtual"), "delivery": ("redirect", "stream")}
    return all(words[name] in values for name, values in allowed.items())


def _not_a_storage() -> SettingInvalid:
    forms = "file:///folder or s3://key:secret@host/bucket?region=eu-central-1"
    return SettingInvalid(name="AGORA_STORAGE_URL", complaint=f"has to look like {forms}")


def scanner(address: str) -> str:
    """Read AGORA_SCANNER_URL: `clamav://host:3310`, `clamav:///run/clamav/clamd.ctl`, or nothing."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise _not_a_scanner() from None
    if address and (parts.scheme != "clamav" or bool(parts.hostname) == bool(parts.path.strip("/"))):
        raise _not_a_scanner()
    return address


def _not_a_scanner() -> SettingInvalid:
    forms = "clamav://host:3310 or clamav:///run/clamav/clamd.ctl"
    return SettingInvalid(name="AGORA_SCANNER_URL", complaint=f"has to look like {forms}")


def sender(name: str, default: str) -> str:
    """Read whom mails come from: `shop@example.org` or `Shop <shop@example.org>`."""
    value = text(name, default)
    address = parseaddr(value)[1]
    local, _, domain = address.rpartition("@")
    if not local or not domain or not value.isprintable() or not address.isascii():
        raise SettingInvalid(name=name, complaint="has to look like Shop <shop@example.org>")
    return value


def _starttls(query: Mapping[str, str]) -> bool:
    if not set(query) <= {"tls"} or query.get("tls", "0") not in {"0", "1"}:
        raise _not_a_mail_server()
    return query.get("tls") == "1"


def _not_a_mail_server() -> SettingInvalid:
    forms = "smtp://user:password@host:587/?tls=1, smtps://user:password@host, console:// or file:///folder"
    return SettingInvalid(name="EMAIL_URL", complaint=f"has to look like {forms}")
