"""A PostgreSQL data folder: made whole or not at all, and moved away where the server could not enter."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded.account import LOCALE, Account, choose_account
from config.embedded.binaries import Binaries, find_binaries
from config.embedded.places import claim, last_lines, open_log, tag, write_whole
from config.embedded.refusal import Refused

PROVISIONER, OWNER, APP, DATABASE = "agora_provisioner", "agora_owner", "agora_app", "agora"
# One statement a line: that is how a single-user server reads them.
_FIRST_STATEMENTS = f"""\
CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE {DATABASE} OWNER {OWNER};
"""
_LASTING, _PASSING = Path("/var/lib/agora-embedded"), Path("/var/tmp")  # noqa: S108 claim() checks whose it is


@dataclass(frozen=True, slots=True)
class Cluster:
    """`home` is the caller's folder, `place` the one with the data: the same if the server can enter it."""

    home: Path
    place: Path
    account: Account
    binaries: Binaries
    durable: bool
    log: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's PGDATA."""
        return self.place / "data"

    @property
    def identity(self) -> str:
        """Differs for each cluster that was ever made."""
        return str(self._birth()["identity"])

    def prepare(self, lock: int) -> None:
        """Make the data folder unless there is one; `lock` stays locked as long as initdb runs."""
        if not self._is_made():
            self._make(lock)
        made = int(str(self._birth()["major"]))
        if made != self.binaries.major:
            raise Refused(
                f"{self.data} holds data of PostgreSQL {made}, but the server found here is "
                f"{self.binaries.version} ({self.binaries.folder}).\n"
                f"Set PG_BINDIR to the programs of PostgreSQL {made}, or remove the data: make clean."
            )

    def _is_made(self) -> bool:
        if self.place == self.home:
            return os.path.lexists(self.data)
        return _link_target(self.home) == self.data and os.path.lexists(self.data)

    def _make(self, lock: int) -> None:
        fresh = self.place / "data.new"
        for leftover in (fresh, self.data, self.home / "data"):
            remove(leftover, self.account)
        fresh.mkdir(mode=0o700)
        if self.account.switched:
            os.chown(fresh, self.account.uid, self.account.gid)
        self._initialise(fresh, lock)
        birth = {"identity": secrets.token_hex(8), "major": self.binaries.major}
        write_whole(self.home / "birth.json", json.dumps(birth))
        fresh.rename(self.data)
        if self.place != self.home:
            (self.home / "data").symlink_to(self.data)

    def _initialise(self, fresh: Path, lock: int) -> None:
        words = ["-U", PROVISIONER, "-A", "trust", "-E", "UTF8", f"--locale={LOCALE}"]
        if self.binaries.major >= 17:
            # lower('Ł') must work, and the same on each system.
            words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            words.append("--no-sync")
        fsync = f"fsync={'on' if self.durable else 'off'}"
        self._must(fresh, lock, ["initdb", *words])
        self._must(
            fresh,
            lock,
            ["postgres", "--single", "-c", "exit_on_error=on", "-c", fsync, "postgres"],
            text=_FIRST_STATEMENTS,
        )

    def _must(self, fresh: Path, lock: int, words: list[str], *, text: str = "") -> None:
        log = open_log(self.log)
        try:
            done = self.account.run(
                [self.binaries.folder / words[0], *words[1:]],
                log=log,
                environment={"PGDATA": str(fresh)},
                keep=(lock,),
                text=text,
            )
        finally:
            os.close(log)
        if done.returncode != 0:
            raise Refused(f"PostgreSQL's {words[0]} failed. Its last lines in {self.log}:\n{last_lines(self.log)}")

    def _birth(self) -> dict[str, object]:
        try:
            birth: dict[str, object] = json.loads((self.home / "birth.json").read_text())
        except (OSError, ValueError):
            raise Refused(f"{self.home} holds a data folder that was not made here. Remove it, or move it.") from None
        return birth


def find_cluster(home: Path, log: Path, *, durable: bool) -> Cluster:
    """Decide who runs the server, with which programs, and where its data are."""
    account = choose_account(None)
    binaries = find_binaries(account)
    # Throw-away data have a folder for each version; data that should last are never silently left behind.
    folder = home / ("pg" if durable else f"pg{binaries.major}")
    claim(folder, mode=0o711 if account.switched else 0o700)
    owner = _data_owner(folder)
    if account.switched and owner not in (None, account.uid):
        account = choose_account(owner)
        binaries = find_binaries(account)
    return Cluster(folder, _place_of(folder, account, durable=durable), account, binaries, durable, log)


def _data_owner(folder: Path) -> int | None:
    try:
        return (folder / "data").stat().st_uid
    except OSError:
        return None


def _place_of(folder: Path, account: Account, *, durable: bool) -> Path:
    """`folder`, or for root a folder outside when the server's user could not reach it."""
    if not account.switched:
        return folder
    outside = _LASTING / tag(folder) if durable else _PASSING / f"agora-pg-{tag(folder)}"
    if _link_target(folder) != outside / "data":
        if account.can_enter(folder):
            return folder
        if os.path.lexists(folder / "data"):
            raise Refused(f"{account.name}, the user who runs PostgreSQL for root, cannot enter {folder}.")
    if durable:
        claim(_LASTING, mode=0o755)
    claim(outside, mode=0o711)
    return outside


def _link_target(folder: Path) -> Path | None:
    link = folder / "data"
    return link.readlink() if link.is_symlink() else None


def find_places(home: Path) -> list[Path]:
    """Folders outside `home` that hold data of its clusters."""
    links = [_link_target(folder) for folder in home.glob("pg*")]
    return [link.parent for link in links if link is not None]


def remove(path: Path, account: Account) -> None:
    """Remove a folder whatever user its contents belong to; a link is removed, not followed."""
    if path.is_symlink():
        path.unlink()
    elif os.path.lexists(path):
        account.run(["rm", "-rf", "--", path], log=subprocess.DEVNULL)
        if os.path.lexists(path):
            shutil.rmtree(path)
