"""ClamAV as the house's scanner."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from apps.attachments.contracts import Verdict
from apps.attachments.errors import ScannerUnreachable
from apps.attachments.providers.clamav.client import Clamd
from apps.kernel.work.errors import NeedsConfiguration

CLEAN: Final = "stream: OK"
FOUND: Final = re.compile(r"stream: (.+) FOUND")
TOO_LARGE: Final = "INSTREAM size limit exceeded"


class ClamAV:
    """Has the daemon look at files."""

    name = "clamav"

    def __init__(self, host: str, port: int, *, path: str = "") -> None:
        self._client = Clamd(host, port, path=path)

    def scan(self, content: BinaryIO) -> Verdict:
        """What the daemon says. Raises ScannerUnreachable, NeedsConfiguration where it takes no files of this size."""
        answer = self._client.instream(content)
        if answer == CLEAN:
            return Verdict()
        found = FOUND.fullmatch(answer)
        if found is not None:
            return Verdict(found.group(1))
        if TOO_LARGE in answer:
            raise NeedsConfiguration("clamd refuses files of this size: raise its StreamMaxLength to 26M or more")
        raise ScannerUnreachable
