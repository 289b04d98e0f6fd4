"""Makes `.venv` and installs a profile's lock file: `python3 tools/bootstrap.py demo|test|dev`.

Standard library only, and read by old interpreters too, so that they can say what they are too old for.
The package index, certificates and caches are pip's own affair: PIP_* variables and pip's files hold.
"""

import configparser
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 this is where older ones are turned away
    sys.exit(
        "Agora needs Python 3.11 or later; this is {}.{} ({}).\nName a newer one: make demo PYTHON=python3.12".format(
            *sys.version_info[:2], sys.executable
        )
    )

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "agora.json"
UNFINISHED = VENV / "agora-unfinished"
PROFILES = ("runtime", "demo", "test", "dev")  # each holds the ones before it
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_DIGEST = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
PYPI = "https://pypi.org/simple"
TIMEOUT = 60.0


def main(words: list[str]) -> None:
    """Bring the environment to the profile named on the command line."""
    if len(words) != 1 or words[0] not in PROFILES:
        sys.exit(__doc__)
    profile = words[0]
    with alone() as lock:
        if not is_usable():
            make_environment()
        if not is_installed(profile):
            install(profile, lock)


@contextlib.contextmanager
def alone() -> Iterator[int]:
    """Hold the bootstrap's lock, and give its handle: two at once would unpack into each other's files."""
    path = ROOT / "var" / "bootstrap.lock"
    try:
        path.parent.mkdir(exist_ok=True)
        file = path.open("w")
    except OSError as error:
        sys.exit(f"{ROOT} cannot be written to ({error.strerror}): copy the project to a folder of yours.")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another bootstrap is at work; waiting for it ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def digest(profile: str) -> str:
    """Stands for the contents of a lock file."""
    return hashlib.sha256((ROOT / "locks" / f"{profile}.txt").read_bytes()).hexdigest()


def is_usable() -> bool:
    """Whether the environment has an interpreter that runs, and was not left half-made."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    version = answer_of(PYTHON, "-c", "import sys; print(*sys.version_info[:2])")
    if version is None or tuple(map(int, version.split())) < (3, 11):
        return False
    if tuple(map(int, version.split())) != sys.version_info[:2]:
        say(f"Using .venv with Python {version.replace(' ', '.')}; remove .venv to make it with another.")
    return True


def is_installed(profile: str) -> bool:
    """Whether this or a larger profile was installed from lock files like today's."""
    try:
        return bool(json.loads(STAMP.read_text())[profile] == digest(profile))
    except (OSError, ValueError, LookupError):
        return False


def make_environment() -> None:
    """Make `.venv` anew, with pip in it if the interpreter brings pip along."""
    say(f"Making .venv with Python {sys.version.split()[0]} ...")
    if not has("venv"):
        sys.exit("This Python lacks its module venv. On Debian and Ubuntu: apt install python3-venv")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    bundled = has("ensurepip") and runs(*command)
    if not bundled and not runs(*command, "--without-pip"):
        sys.exit(f"The environment {VENV} cannot be made. This shows why:\n  {' '.join(command)}")


def install(profile: str, alone_lock: int) -> None:
    """Install a lock file's packages; a break-off leaves a mark by which the next run begins anew."""
    STAMP.unlink(missing_ok=True)
    UNFINISHED.touch()
    began = time.monotonic()
    pip = find_pip()
    lock = ROOT / "locks" / f"{profile}.txt"
    total = len(re.findall(r"^[\w.\[\]-]+==", lock.read_text(), re.MULTILINE))
    say(f"Installing up to {total} packages ({profile}); the first time takes a while ...")
    options = ["--require-hashes", "--no-input", "--progress-bar", "off", "--no-warn-script-location"]
    code, output = run_pip([*pip, "install", *options, "-r", str(lock)], total, alone_lock)
    if code != 0:
        say("\n".join(output[-25:]))
        # pip has reported a failure of its own: it touches nothing before everything is there.
        UNFINISHED.unlink()
        sys.exit(
            f"\npip could not install {lock.relative_to(ROOT)}; its last lines are above.\n"
            "It takes packages from the index that pip is configured for (PIP_INDEX_URL, PIP_CERT, pip.conf)."
        )
    included = PROFILES[: PROFILES.index(profile) + 1]
    STAMP.write_text(json.dumps({name: digest(name) for name in included}))
    UNFINISHED.unlink()
    say(f"Installed in {time.monotonic() - began:.0f} s.")


def run_pip(command: list[str], total: int, lock: int) -> tuple[int, list[str]]:
    """Run pip and show how far it is; gives its exit code and all of its output.

    pip holds the lock too: should this process be killed, the next one waits until pip has noticed.
    """
    environment = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", **os.environ}
    output = []
    found = 0
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=[lock],
    ) as process:
        for line in process.stdout or ():
            output.append(line.rstrip())
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                found += 1
                show_count(found, total)
            elif line.startswith("Installing collected packages"):
                say(f"{'':4}unpacking ...")
    return process.returncode, output


def show_count(found: int, total: int) -> None:
    """Rewrite one line on a terminal, write some lines elsewhere."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r    {found} of {total}" + ("\n" if found >= total else ""))
        sys.stdout.flush()
    elif found % 25 == 0:
        say(f"    {found} of {total}")


def find_pip() -> list[str]:
    """The command of a pip that installs into `.venv`: its own, the interpreter's, a fetched one."""
    own = [str(PYTHON), "-m", "pip"]
    if answer_of(*own, "--version"):
        return own
    beside = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if answer_of(*beside, "--version"):
        return beside
    with tempfile.TemporaryDirectory() as folder:
        wheel = fetch_pip(Path(folder))
        if runs(str(PYTHON), f"{wheel}/pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)):
            return own
    sys.exit(f"The fetched {PIP_WHEEL} could not install itself into {VENV}.")


def fetch_pip(folder: Path) -> Path:
    """Fetch the pinned wheel of pip from the package index, and check it."""
    settings = pip_settings()
    index = settings.get("index-url", PYPI).rstrip("/")
    say("This Python has no pip; fetching it from the package index ...")
    try:
        content = read(wheel_address(f"{index}/pip/", settings), settings)
    except (OSError, ValueError, LookupError) as error:
        sys.exit(
            f"This Python has neither ensurepip nor pip, and pip could not be fetched from "
            f"{without_password(index)} ({error}).\nOne of these helps; then run the command again:\n"
            "  apt install python3-venv          (Debian, Ubuntu)\n"
            "  PYTHON=/path/to/python3.12        (a Python with pip)\n"
            "  PIP_INDEX_URL=https://...         (an index within reach; PIP_CERT for its certificate)"
        )
    if hashlib.sha256(content).hexdigest() != PIP_DIGEST:
        sys.exit(f"{PIP_WHEEL} from {without_password(index)} is not the one that is pinned; it is not used.")
    wheel = folder / PIP_WHEEL
    wheel.write_bytes(content)
    return wheel


def wheel_address(page: str, settings: dict[str, str]) -> str:
    """Find the wheel on an index page, in JSON or in HTML."""
    content = read(page, settings).decode()
    if content.lstrip().startswith("{"):
        links = [file["url"] for file in json.loads(content)["files"] if file["filename"] == PIP_WHEEL]
    else:
        pattern = rf"""href\s*=\s*["']([^"'#]*{re.escape(PIP_WHEEL)})[#"']"""
        links = re.findall(pattern, content)
    if not links:
        raise LookupError(f"it does not offer {PIP_WHEEL}")
    address = urllib.parse.urljoin(without_password(page), str(links[0]))
    source, target = urllib.parse.urlsplit(page), urllib.parse.urlsplit(address)
    if target.netloc == source.netloc.rpartition("@")[2]:  # the same server asks for the same password
        return target._replace(netloc=source.netloc).geturl()
    return address


def read(address: str, settings: dict[str, str]) -> bytes:
    """Read a page or a file; a user and password may stand in the address."""
    parts = urllib.parse.urlsplit(address)
    address = without_password(address)
    headers = {"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.5, */*;q=0.1"}
    context = ssl.create_default_context(cafile=settings.get("cert"))
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if parts.username:
        user, password = urllib.parse.unquote(parts.username), urllib.parse.unquote(parts.password or "")
        known = urllib.request.HTTPPasswordMgrWithPriorAuth()
        known.add_password(None, address, user, password, is_authenticated=True)
        handlers.append(urllib.request.HTTPBasicAuthHandler(known))
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT) as page:
        return bytes(page.read())


def pip_settings() -> dict[str, str]:
    """pip's index and certificate, from its files and then from the environment, as pip reads them."""
    home = os.path.expanduser("~")  # noqa: PTH111 Path's own raises where there is no home
    own = os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    files = ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", f"{home}/.pip/pip.conf", f"{own}/pip/pip.conf"]
    files.append(os.environ.get("PIP_CONFIG_FILE") or "/etc/pip.conf")
    parser = configparser.RawConfigParser(strict=False)
    with contextlib.suppress(configparser.Error, UnicodeDecodeError):
        parser.read(files, encoding="utf-8")
    found: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            found.update(parser.items(section))
    for name in ("index-url", "cert"):
        value = os.environ.get("PIP_" + name.upper().replace("-", "_"), "").strip()
        if value:
            found[name] = value
    return found


def without_password(address: str) -> str:
    """An address that may be shown."""
    parts = urllib.parse.urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def has(module: str) -> bool:
    """Whether this interpreter has a module; distributions leave out parts of the standard library."""
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False


def answer_of(*command: object) -> str | None:
    """A command's output, None if it does not run or fails."""
    try:
        done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True, cwd=ROOT)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def runs(*command: str) -> bool:
    """Whether a command succeeds; what it says is not shown."""
    return answer_of(*command) is not None


def say(words: str) -> None:
    """Print at once, also into a pipe."""
    print(words, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next run begins where that is safe.")
