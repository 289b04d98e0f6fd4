"""Boot many houses, each with other modules: `python -m` reads sets of ids as JSON and says what was wrong with each.

Django can be set up once in a process. What does not ask for settings is imported here once; then each house is a fork.
Where Python is told to keep nothing that it compiles, it does so from house to house: most of a boot is compiling.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "tests.support.settings_of_some"
NEEDED_BY_MOST = (
    *("django.db.models", "django.forms", "django.template.loader", "django.core.management"),
    *("babel.numbers", "celery", "cryptography.hazmat.primitives.ciphers.aead", "httpx", "jinja2", "msgspec"),
    *("amqp", "prometheus_client", "psycopg", "redis", "structlog", "xlsxwriter", "yaml"),
    *("botocore", "httpcore", "jwt", "phonenumbers", "PIL.ImageOps", "python_calamine", "requests", "unittest.mock"),
)


def faults_of(houses: Mapping[str, Collection[str]]) -> dict[str, str]:
    """What is wrong with each house, "" for nothing. A house has a name and ids of modules."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
    each = {frozenset(ids): name for name, ids in houses.items()}
    with tempfile.TemporaryDirectory() as compiled:
        answer = subprocess.run(
            [sys.executable, "-m", __name__, compiled],
            cwd=ROOT,
            env={**environment, "DJANGO_SETTINGS_MODULE": SETTINGS},
            input=json.dumps({name: sorted(ids) for ids, name in each.items()}),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: dict[str, str] = json.loads(answer.stdout)
    return {name: found[each[frozenset(ids)]] for name, ids in houses.items()}


def main() -> None:
    """Boot what is asked for, as many at once as there are processors."""
    houses: dict[str, list[str]] = json.load(sys.stdin)
    for name in NEEDED_BY_MOST:
        importlib.import_module(name)
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode, sys.pycache_prefix = False, sys.argv[1]
    gc.disable()  # a house ends before there is much to collect
    running: dict[str, tuple[int, int]] = {}
    said: dict[str, str] = {}
    for name, ids in houses.items():
        if len(running) >= (os.cpu_count() or 1):
            first = next(iter(running))
            said[first] = _heard(*running.pop(first))
        running[name] = _forked(ids)
    json.dump({**said, **{name: _heard(*item) for name, item in running.items()}}, sys.stdout)


def _forked(ids: Sequence[str]) -> tuple[int, int]:
    """Begin with a house; its process, and where to read what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            pipe.write(_booted(ids))
        os._exit(0)
    os.close(writing)
    return child, reading


def _heard(child: int, reading: int) -> str:
    """What the house says, "" for nothing wrong."""
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _child, status = os.waitpid(child, 0)
    return said if status == 0 else f"the process ended with {status}\n{said}"


def _booted(ids: Sequence[str]) -> str:
    """Set up, import every file of every module, run the checks, and ask at every address."""
    os.environ["AGORA_ONLY"] = ",".join(ids)
    try:
        import django

        django.setup()
        from tests.architecture import asking

        _import_all(ids)
        _check()
        asking.demand_nothing_left_of(asking.ALL_MODULES - set(ids))
        asking.ask_everywhere()
    except Exception:  # noqa: BLE001 - whatever stops a house is what is asked for
        return traceback.format_exc()[-3000:]
    return ""


def _import_all(ids: Sequence[str]) -> None:
    from apps.kernel.registry.modules import modules

    missing = set(ids) - {config.manifest.id for config in modules()}
    if missing:
        raise LookupError(f"not installed: {sorted(missing)}")
    for config in modules():
        for found in pkgutil.walk_packages([config.path], f"{config.name}."):
            if ".migrations" not in found.name:
                importlib.import_module(found.name)


def _check() -> None:
    from django.core.management import call_command

    call_command("check", stdout=sys.stderr)


if __name__ == "__main__":
    main()
