"""The demonstration: what runs, with which environment, in which order."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

from config import embedded
from config.embedded.guardian import open_lock, try_lock
from config.embedded.places import claim, last_lines, open_log, write_whole
from config.supervisor.address import Address, read_address
from config.supervisor.children import Child, Children, spawn
from config.supervisor.keys import keep_keys
from config.supervisor.progress import Progress
from config.supervisor.stamp import digest_of_sources, is_current

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var" / "demo"
LOGS = HOME / "log"
_STEPS = ("Provisioning", "Migrations", "Demo data")
_LATER = 10.0  # seconds until what nobody waits for starts
_PATIENCE = 90.0  # seconds for the first page
_PRIVILEGED = frozenset({"DATABASE_ADMIN_URL", "DATABASE_OWNER_URL"})
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_demo() -> None:
    """Run until Ctrl-C, SIGTERM, or a child that cannot be kept alive."""
    address = read_address()
    address.check_free()
    with _alone():
        for number in _SIGNALS:
            signal.signal(number, _end)
        given = sum(bool(os.environ.get(name, "").strip()) for name in ("DATABASE_URL", "REDIS_URL"))
        progress = Progress(6 - given)
        servers = embedded.start(HOME, durable=True, step=progress.step)
        try:
            _serve(servers, progress, address)
        finally:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            servers.stop()
    print("Stopped.", flush=True)


def _serve(servers: embedded.Servers, progress: Progress, address: Address) -> None:
    base = {**_defaults(address), **os.environ}
    _prepare({**base, **servers.urls.environment}, servers.identity, progress)
    # What serves gets by with the unprivileged role.
    served = {name: value for name, value in base.items() if name not in _PRIVILEGED}
    served |= {"DATABASE_URL": servers.urls.app, "REDIS_URL": servers.urls.redis}
    # Indexes are built by the owner of the tables, and by nothing else.
    owning = {**served, "DATABASE_OWNER_URL": servers.urls.owner}
    children = Children(ROOT, [*_children(served, address), _index_builder(owning)])
    try:
        with contextlib.suppress(_Stop):
            with progress.step("Web and worker"):
                children.start()
                _await_page(address, children, progress)
            _greet(address)
            while True:
                time.sleep(0.25)
                _go_on()
                children.tend()
    finally:
        for number in _SIGNALS:
            signal.signal(number, lambda *_: children.hurry())
        print("\nStopping ...", flush=True)
        children.stop()


def _prepare(environment: Mapping[str, str], identity: str, progress: Progress) -> None:
    """Provision, migrate and seed, unless the stamp says that this database has it all."""
    stamp, digest = HOME / "stamp", digest_of_sources(ROOT, identity)
    if is_current(stamp, digest):
        for label in _STEPS:
            progress.skip(label, "up to date")
        return
    for label, command in zip(_STEPS, ("provision_db", "migrate", "seed_demo"), strict=True):
        # The seeder prints the new passwords: they are for the terminal, and stand in no log.
        _manage(label, command, environment, progress, aloud=command == "seed_demo")
    write_whole(stamp, digest)


def _manage(label: str, command: str, environment: Mapping[str, str], progress: Progress, *, aloud: bool) -> None:
    log = LOGS / "setup.log"
    output = None if aloud else open_log(log)
    with progress.step(label):
        if aloud:
            progress.open_line()
        argv = [sys.executable, "manage.py", command]
        process = spawn(argv, ROOT, environment, output=output)
        try:
            code = progress.wait_for(process)
        finally:
            process.kill()
            process.wait()
            if output is not None:
                os.close(output)
        if code != 0:
            lines = "" if aloud else f" Its last lines in {log}:\n{last_lines(log)}"
            raise SystemExit(f"manage.py {command} failed with code {code}.{lines}")


def _children(environment: Mapping[str, str], address: Address) -> list[Child]:
    python = [sys.executable, "-m"]
    web = [*python, "granian", "--interface", "asgi", "--host", address.host, "--port", str(address.port)]
    web += ["--workers-kill-timeout", "5", "config.asgi:application"]
    children = [Child("web server", web, environment, LOGS / "web.log")]
    if environment["REDIS_URL"].startswith("memory:"):
        return children  # without a broker between processes the web process does the work
    celery = [*python, "celery", "-A", "config"]
    work = [*celery, "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "INFO"]
    beat = [*celery, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile=", "--loglevel", "INFO"]
    # The schedule is kept in memory: when what has to run is due stands in the database.
    # A killed parent means: drop everything. What a worker had begun is recovered from the database.
    children.append(Child("worker", work, environment, LOGS / "worker.log", orphaned=signal.SIGQUIT))
    # It comes after the first page, which would wait for it where there are two processors.
    children.append(Child("beat", beat, environment, LOGS / "beat.log", due=time.monotonic() + _LATER))
    return children


def _index_builder(environment: Mapping[str, str]) -> Child:
    """Builds the indexes that users ask for, as an operator does elsewhere."""
    build = [sys.executable, "manage.py", "promote_field", "--watch"]
    return Child("index builder", build, environment, LOGS / "indexes.log", due=time.monotonic() + _LATER)


def _defaults(address: Address) -> dict[str, str]:
    """Settings of a demonstration on one's own machine; the caller's environment goes before them."""
    return {
        **keep_keys(HOME / "secrets.env"),
        "AGORA_DEBUG": "0",
        "AGORA_TLS": "0",
        "AGORA_ALLOWED_HOSTS": ",".join(address.names),
        "AGORA_BASE_URL": address.url,
        "AGORA_SHOW_MAIL_FILES": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _await_page(address: Address, children: Children, progress: Progress) -> None:
    """Return when the web server answers."""
    while not address.answers():
        if progress.elapsed > _PATIENCE:
            log = LOGS / "web.log"
            raise SystemExit(f"The web server does not answer. See {log}:\n{last_lines(log)}")
        _go_on()
        children.tend()
        progress.tick()
        time.sleep(0.1)


def _greet(address: Address) -> None:
    print(
        f"\nAgora runs at {address.url}/\n"
        "Log-ins were printed when the demo data were made. To begin anew: stop, then make clean.\n"
        f"Logs: {LOGS}\n"
        "Ctrl-C stops everything.",
        flush=True,
    )


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two demonstrations of one folder would migrate the same database at once."""
    claim(HOME, mode=0o711 if os.geteuid() == 0 else 0o700)
    handle = open_lock(HOME / "supervisor")
    try:
        if not try_lock(handle, fcntl.LOCK_EX):
            raise SystemExit(f"A demonstration of {ROOT} is running already: stop it first.")
        yield
    finally:
        os.close(handle)


class _Stop(SystemExit):
    """Somebody asked the demonstration to end."""


_asked: list[int] = []  # signals that came


def _end(number: int, _: FrameType | None) -> None:
    _asked.append(number)
    raise _Stop(128 + number)


def _go_on() -> None:
    """Stop all the same where the signal came in the midst of a finalizer, which loses what is raised."""
    if _asked:
        raise _Stop(128 + _asked[-1])
