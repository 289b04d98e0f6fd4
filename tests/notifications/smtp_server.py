"""A mail server that speaks SMTP over a socket and does what a test wants at any point of the talk."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

Answer = str | Callable[[], str]
DROP, SILENCE = "drop", "silence"  # close the line without a word; keep it open without a word
CONNECTED, RECEIVED = "CONNECTED", "RECEIVED"  # points of the talk that have no verb of their own
USUAL = {
    CONNECTED: "220 probe.example ESMTP",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    RECEIVED: "250 2.0.0 queued",
    "RSET": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
}


@dataclass
class Received:
    """One mail: envelope and message. It was accepted if the server answered 250."""

    sender: str
    recipient: str
    message: EmailMessage

    @property
    def message_id(self) -> str:
        """The header that tells tries of one mail from other mails."""
        return str(self.message["Message-ID"])

    def part(self, kind: str) -> str:
        """The plain or the html text."""
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    """What the server does (`answers`, by verb or point; usual ones else) and what it heard."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=list)
    login: tuple[str, str] | None = None
    received: list[Received] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """EMAIL_URL of this server."""
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, point: str) -> str:
        """What to say now."""
        wanted = self.answers.get(point, USUAL.get(point, "502 5.5.1 what?"))
        return wanted if isinstance(wanted, str) else wanted()


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Answer line by line until somebody hangs up."""
        self.house: MailServer = self.server.house  # type: ignore[attr-defined]
        self.sender = self.recipient = ""
        if not self.say(self.house.answer(CONNECTED)):
            return
        while line := self.rfile.readline(2000).decode().strip():
            verb = line.split()[0].upper()
            self.house.verbs.append(verb)
            if not self.say(self.reply_to(verb, line)) or verb == "QUIT":
                return

    def say(self, text: str) -> bool:
        """Say it, with \\r\\n; False when the talk is over."""
        if text == SILENCE:
            self.house.closing.wait()
        if text in {DROP, SILENCE}:
            return False
        self.wfile.write(text.encode() + b"\r\n")
        return True

    def reply_to(self, verb: str, line: str) -> str:
        """The answer to one line."""
        if verb in {"EHLO", "HELO"} and verb not in self.house.answers:
            return "\r\n".join([*(f"250-{item}" for item in ("probe", *self.house.extensions)), "250 8BITMIME"])
        if verb == "AUTH":
            return self.log_in(line)
        if verb == "MAIL":
            self.sender = address_in(line)
        if verb == "RCPT":
            self.recipient = address_in(line)
        if verb == "DATA" and self.house.answer("DATA").startswith("354"):
            return self.take()
        return self.house.answer(verb)

    def take(self) -> str:
        """Read a mail to its lonely dot."""
        self.say(self.house.answer("DATA"))
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), _class=EmailMessage, policy=policy.default)
        self.house.received.append(Received(self.sender, self.recipient, message))
        return self.house.answer(RECEIVED)

    def log_in(self, line: str) -> str:
        """Look at AUTH PLAIN."""
        _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
        return "235 2.7.0 welcome" if (user, password) == self.house.login else "535 5.7.8 wrong for bob@example.org"


def address_in(line: str) -> str:
    """The address between the angle brackets."""
    return line.partition("<")[2].partition(">")[0]


class Listener(socketserver.ThreadingTCPServer):
    """Threads that do not keep the test run alive."""

    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up or is killed is what some tests are about."""


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """Listen on a free port of this machine for the length of the block."""
    listener = Listener(("127.0.0.1", 0), Talk)
    house = MailServer(listener.server_address[1], **options)
    listener.house = house  # type: ignore[attr-defined]
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield house
    finally:
        house.closing.set()
        listener.shutdown()
        listener.server_close()
        thread.join()
