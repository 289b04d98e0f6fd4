"""Makes the secrets that deploy/ reads from files: `python3 tools/make_secrets.py deploy/secrets`.

Standard library only. What is there already is kept: a new key would make what the old one closed unreadable.
"""

from __future__ import annotations

import argparse
import base64
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 this is where older ones are turned away
    sys.exit("Agora needs Python 3.11 or later.")

ADMIN, OWNER, APP = "agora_provisioner", "agora_owner", "agora_app"
ADDRESSES = {"database_admin_url": ADMIN, "database_owner_url": OWNER, "database_url": APP}


def main(words: list[str]) -> None:
    """Write what is missing, and say what was written and what is left to do."""
    options = _options(words)
    folder = Path(options.folder)
    # The folder is closed to everybody else; a container that is given a file may not be its owner.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, text in _wanted(folder, options.postgres, options.valkey).items():
        path = folder / name
        if path.exists():
            print(f"kept  {path}")
            continue
        path.write_text(f"{text}\n")
        path.chmod(0o444)
        print(f"made  {path}")
    print(
        f"\nWrite the mail server's address into {folder / 'email_url'} (until then mails become files), and put the"
        f"\ncertificate and its key into {folder / 'tls_certificate'} and {folder / 'tls_key'}."
        "\nKeep a copy of kek where no backup of the database is: without it private values cannot be read."
    )


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make_secrets.py", description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--postgres", default="postgres:5432", help="host:port of PostgreSQL (postgres:5432)")
    parser.add_argument("--valkey", default="valkey:6379", help="host:port of Valkey (valkey:6379)")
    return parser.parse_args(words)


def _wanted(folder: Path, postgres: str, valkey: str) -> Mapping[str, str]:
    valkey_password = _kept(folder / "valkey_password") or _word()
    postgres_password = _kept(folder / "postgres_password") or _word()
    passwords = {ADMIN: postgres_password, OWNER: _word(), APP: _word()}
    return {
        "secret_key": secrets.token_urlsafe(48),
        "pepper": secrets.token_urlsafe(32),
        "kek": base64.b64encode(secrets.token_bytes(32)).decode(),
        "metrics_token": _word(),
        "postgres_password": postgres_password,
        **{name: f"postgresql://{role}:{passwords[role]}@{postgres}/agora" for name, role in ADDRESSES.items()},
        "valkey_password": valkey_password,
        "redis_url": f"redis://:{valkey_password}@{valkey}/0",
        "email_url": "file://",
    }


def _word() -> str:
    """Letters that mean the same in an address, a shell and a configuration file."""
    return secrets.token_hex(24)


def _kept(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


if __name__ == "__main__":
    main(sys.argv[1:])
