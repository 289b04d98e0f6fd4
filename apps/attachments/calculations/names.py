"""Names of files: what is kept of the one that came with an upload."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 200
NAMELESS: Final = "file"
SEPARATORS: Final = re.compile(r"[\\/]")
# What Windows forbids in a name; quotes and semicolons also end a header's value for careless readers.
FORBIDDEN: Final = re.compile(r'[<>:"|?*;]')
BLANKS: Final = re.compile(r"\s+")
DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)
# Control characters, invisible ones (they reverse `gpj.exe` into `exe.jpg`), halves of characters, unassigned ones.
INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

RUN_BY_SYSTEMS: Final = frozenset({
    "app", "apk", "appimage", "bat", "cmd", "com", "cpl", "deb", "dll", "dmg", "exe", "gadget", "hta", "inf",
    "ins", "iso", "jar", "job", "js", "jse", "lnk", "mde", "msc", "msi", "msp", "mst", "pif", "pkg", "ps1", "ps2",
    "psc1", "psm1", "reg", "rpm", "scf", "scr", "sct", "sh", "shb", "sys", "url", "vb", "vbe", "vbs", "vxd", "wsc",
    "wsf", "wsh", "xll",
})  # fmt: skip
RUN_BY_SERVERS: Final = frozenset({
    "asa", "asax", "ascx", "ashx", "asmx", "asp", "aspx", "cer", "cfm", "cgi", "fcgi", "htaccess", "jsp", "jspx",
    "php", "php3", "php4", "php5", "php7", "phar", "phtml", "pl", "shtml", "war",
})  # fmt: skip


def sanitised(given: str) -> str:
    """The last part of a path, without what no file's name should hold; `file` where nothing is left.

    At most 200 characters; a long name keeps its extension.
    """
    name = SEPARATORS.split(unicodedata.normalize("NFC", given))[-1]
    name = "".join(" " if letter in "\t\r\n" else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in INVISIBLE)
    name = BLANKS.sub(" ", FORBIDDEN.sub("_", name)).strip(" .")
    if name.partition(".")[0].strip().lower() in DEVICES:
        name = f"_{name}"
    return _shortened(name) or NAMELESS


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 20:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"


def extension_of(name: str) -> str:
    """The last extension in lower case, "" for none."""
    return name.rpartition(".")[2].lower() if "." in name.strip(".") else ""


def is_program(name: str) -> bool:
    """Say whether the name is that of something that a system, or a careless web server, would run.

    A server may run `picture.php.jpg`; a system looks at the last extension, so `example.com.pdf` is a document.
    """
    *middle, last = name.lower().split(".")[1:] or [""]
    return last.strip() in RUN_BY_SYSTEMS | RUN_BY_SERVERS or any(part.strip() in RUN_BY_SERVERS for part in middle)
