"""Mail templates of the tests, one of them with a maker of its own, and ways to queue and look at mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.functional import lazystr
from django.utils.translation import get_language

from apps.kernel.crypto.tokens import new_token
from apps.kernel.ids import uuid7
from apps.kernel.ports import Mailer
from apps.kernel.registry.letters import MAILS, Letter, mail_template
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.notifications.models import Mail
from config import env
from tests.support import databases
from tests.support.scopes import House

WELCOME, PLAIN, TOKEN, NEVER = "tests.welcome", "tests.plain", "tests.token", "tests.never"
BOB = "bob@example.org"
HELLO = {"name": "Bob <b>Builder</b>", "address": "/welcome?a=1&b=2"}
ONE_TIME = (
    "CREATE TABLE one_time (subject_id uuid, digest bytea); GRANT SELECT, INSERT, DELETE ON one_time TO agora_app"
)


class Spoken:
    """A text in the language that is active when it is asked for, as a translation would be."""

    def __str__(self) -> str:
        """Name the language."""
        return f"[{get_language()}]"


def make_letter(subject_id: UUID) -> Letter:
    """Make a token as modules do: void the last one, store the hash, and put the token into the link."""
    plain, digest = new_token()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM one_time WHERE subject_id = %s", [subject_id])
        cursor.execute("INSERT INTO one_time VALUES (%s, %s)", [subject_id, digest])
    return Letter(BOB, {"address": f"{settings.AGORA_BASE_URL}/reset/{plain}"}, "pl")


@contextmanager
def declared() -> Iterator[None]:
    """Declare the templates for the length of the block."""
    mail_template(
        WELCOME,
        label="Welcome",
        subject="Welcome, {{ name }}",
        body="Hello {{ name }},\nnice to see you.\n\n\n\n1 < 2 & so on.",
        button="Open Agora",
        link="address",
    )
    mail_template(PLAIN, label="Plain", subject="Plain {{ word }}", body=lazystr(Spoken()))
    body = "Choose a new one."
    mail_template(
        TOKEN, label="Reset", subject="New password", body=body, button="Choose", link="address", secret=make_letter
    )
    mail_template(NEVER, label="Never", subject="Never", body="Never", secret=lambda subject_id: None)
    try:
        yield
    finally:
        for name in (WELCOME, PLAIN, TOKEN, NEVER):
            MAILS.remove(name)


@contextmanager
def template(template_id: str, **parts: Any) -> Iterator[str]:
    """One more template for the length of the block."""
    mail_template(template_id, **{"label": "Probe", "subject": "Probe", "body": "Probe", **parts})
    try:
        yield template_id
    finally:
        MAILS.remove(template_id)


def make_one_time() -> None:
    """The table of tokens; only for tests that commit, whose database is thrown away."""
    with databases.admin(connection.settings_dict["NAME"]) as owner:
        owner.execute(ONE_TIME)


def queue(house: House, *, scope: Scope | None = None, to: str = BOB, context: Any = None, name: str = WELCOME) -> Mail:
    """Queue a mail and hand it back."""
    return queued(house, lambda: service(Mailer).queue(name, to, HELLO if context is None else context), scope=scope)


def queue_secret(house: House, name: str = TOKEN, *, about: UUID | None = None) -> Mail:
    """Queue a mail with a token and hand it back."""
    return queued(house, lambda: service(Mailer).queue_secret(name, about or uuid7()))


def queued(house: House, call: Callable[[], None], *, scope: Scope | None = None) -> Mail:
    """Run a call that queues one mail, in a transaction of its own."""
    with using_scope(scope or house.scope()), scoped_transaction():
        call()
        mail: Mail = Mail.objects.order_by("-pk")[0]
    return mail


def now(house: House, mail: Mail) -> Mail:
    """The mail as it is now."""
    with using_scope(house.scope()), scoped_transaction():
        found: Mail = Mail.objects.get(pk=mail.pk)
    return found


def work_of(mail: Mail) -> Work | None:
    """The row of work of a mail."""
    return Work.objects.filter(kind="notifications.mail", ref_id=mail.pk).first()


def use(configured: Any, address: str, **more: Any) -> None:
    """Set what the settings file makes of an EMAIL_URL."""
    read = env.mail(address, folder=configured.EMAIL_FILE_PATH)
    configured.EMAIL_BACKEND, configured.EMAIL_FILE_PATH = read.backend, read.folder
    configured.EMAIL_HOST, configured.EMAIL_PORT = read.host, read.port
    configured.EMAIL_HOST_USER, configured.EMAIL_HOST_PASSWORD = read.user, read.password
    configured.EMAIL_USE_TLS, configured.EMAIL_USE_SSL = read.use_tls, read.use_ssl
    for name, value in more.items():
        setattr(configured, name, value)
