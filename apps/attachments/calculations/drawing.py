"""Draws the thumbnails of one picture, in a process of its own that knows nothing of the house.

Run by path: `python -I drawing.py <picture> <format> <folder> <most pixels> <size> …`. Prints width and height of the
picture as it is meant to be seen, and the sizes that were drawn. Standard library and Pillow only: a picture that
takes this process over finds no settings, no database and little memory.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageOps

MEMORY = 768 * 1024 * 1024  # 40 megapixels in four colours, twice, and the interpreter
PROCESSOR_SECONDS = 20
LARGEST_OUTPUT = 8 * 1024 * 1024
LIMITS = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
    (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
    (resource.RLIMIT_CORE, 0),
)
SIDEWAYS = frozenset({5, 6, 7, 8})  # orientations that swap width and height
ORIENTATION = 0x0112


def restrain() -> None:
    """Give up memory, time and room for good; a system that does not know a limit goes without it."""
    for limit, most in LIMITS:
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def draw(picture: Path, kind: str, folder: Path, most_pixels: int, sizes: list[int]) -> dict[str, object]:
    """Write `<size>.webp` for each size. A picture of too many pixels is measured and not opened any further."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours: measured before a single pixel is decoded
    with Image.open(picture, formats=[kind]) as image:
        width, height = image.size
        if width * height > most_pixels:
            return {"width": width, "height": height, "sizes": []}
        if image.getexif().get(ORIENTATION) in SIDEWAYS:
            width, height = height, width
        image.draft("RGB", (max(sizes) * 2, max(sizes) * 2))
        shown = ImageOps.exif_transpose(image)
        mode = "RGBA" if shown.has_transparency_data else "RGB"
        shown = shown if shown.mode == mode else shown.convert(mode)
        for size in sorted(sizes, reverse=True):
            shown.thumbnail((size, size))
            shown.save(folder / f"{size}.webp", "WEBP", quality=80)
    return {"width": width, "height": height, "sizes": sizes}


if __name__ == "__main__":
    restrain()
    source, form, target, most, *wanted = sys.argv[1:]
    drawn = draw(Path(source), form, Path(target), int(most), [int(item) for item in wanted])
    sys.stdout.write(json.dumps(drawn))
