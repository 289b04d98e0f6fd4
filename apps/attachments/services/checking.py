"""A worker's look at a stored file: virus scan, measures, thumbnails."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from apps.attachments.calculations import drawing
from apps.attachments.calculations.kinds import MOST_PIXELS, RASTER, THUMBNAILS
from apps.attachments.contracts import Scanner, Verdict
from apps.attachments.errors import ScannerUnreachable
from apps.attachments.models import FileStatus, StoredFile
from apps.attachments.selectors.handing import is_due_for_a_look
from apps.attachments.services.storing import local_copy, put, thumbnail_key
from apps.kernel import clock
from apps.kernel.services import service
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.errors import Permanent, Retry
from apps.kernel.work.leases import Lease

logger = logging.getLogger(__name__)

SECONDS: Final = 30  # of a clock, for one picture


@dataclass(frozen=True, slots=True)
class Measured:
    """Width and height of a picture in pixels, and the sizes of its thumbnails."""

    width: int | None = None
    height: int | None = None
    sizes: tuple[int, ...] = ()


def check_file(file_id: UUID, lease: Lease) -> None:
    """Scan a file, measure and draw it if it is a picture, and note what was found.

    Raises Retry while the scanner does not answer, Unavailable while the storage does not, Permanent for lost content.
    """
    with scoped_transaction():
        file = StoredFile.objects.filter(pk=file_id).first()
        if file is None or not is_due_for_a_look(file):
            lease.complete()
            return
    try:
        with local_copy(file.key) as path:
            verdict = _scanned(path)
            lease.check()
            measured = _drawn(file, path) if verdict.is_clean and file.content_type in RASTER else Measured()
    except FileNotFoundError:
        raise Permanent("the content is not in the storage") from None
    with scoped_transaction():
        _note(file, verdict, measured)
        lease.complete()


def _scanned(path: Path) -> Verdict:
    scanner = service(Scanner)
    if not scanner.name:
        return Verdict()
    try:
        with path.open("rb") as content:
            return scanner.scan(content)
    except ScannerUnreachable:
        raise Retry("the virus scanner does not answer") from None


def _drawn(file: StoredFile, picture: Path) -> Measured:
    """Measure and draw in a process of its own; a picture that cannot be read is a file without a picture."""
    with tempfile.TemporaryDirectory(prefix="agora-drawn-") as folder:
        measured = run_drawing(picture, RASTER[file.content_type], Path(folder))
        for size in measured.sizes:
            with (Path(folder) / f"{size}.webp").open("rb") as drawn:
                put(thumbnail_key(file.key, size), drawn)
        return measured


def run_drawing(picture: Path, form: str, folder: Path, *, most_pixels: int = MOST_PIXELS) -> Measured:
    """Run `calculations/drawing.py`, which limits itself; nothing where it failed."""
    command = [sys.executable, "-I", str(drawing.__file__), str(picture), form, str(folder), str(most_pixels)]
    try:
        done = subprocess.run(
            [*command, *map(str, THUMBNAILS)],
            capture_output=True,
            check=True,
            timeout=SECONDS,
            env={"PATH": os.defpath},
            cwd=folder,
        )
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        logger.info("a picture could not be drawn", extra={"reason": type(error).__name__})
        return Measured()
    return Measured(int(found["width"]), int(found["height"]), tuple(found["sizes"]))


def _note(file: StoredFile, verdict: Verdict, measured: Measured) -> None:
    if not verdict.is_clean:
        logger.warning("a file was quarantined", extra={"file": str(file.pk), "threat": verdict.threat})
    StoredFile.objects.filter(pk=file.pk).update(
        status=FileStatus.CLEAN if verdict.is_clean else FileStatus.QUARANTINED,
        threat=verdict.threat[:200],
        scanned_by=service(Scanner).name,
        checked_at=clock.now(),
        width=measured.width,
        height=measured.height,
        has_thumbnails=bool(measured.sizes),
    )
