"""Content types by content: what the first bytes of a file say, whatever its name claims."""

from __future__ import annotations

import codecs
import re
from typing import Final

from apps.attachments.calculations.names import extension_of

LOOKED_AT: Final = 4096  # bytes of the beginning
UNKNOWN: Final = "application/octet-stream"
TEXT: Final = "text/plain"

# Where, what, type; the first that fits counts.
SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"{\\rtf", "application/rtf"),
)
RIFF: Final = frozenset({"image/webp", "audio/wav"})
PROGRAMS: Final = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"#!",
)  # fmt: skip
ZIP: Final = b"PK\x03\x04"
# A container says what it holds only further inside, so its own name decides between the kinds of its family.
OFFICE: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OLE: Final = {"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint"}
OPEN_DOCUMENT: Final = re.compile(rb"mimetype(application/(?:vnd\.oasis\.opendocument\.[a-z]+|epub\+zip))")
SVG: Final = re.compile(rb"<(?:[a-z]+:)?svg[\s>]", re.IGNORECASE)
HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|style|title|img)[\s>/]", re.IGNORECASE)
XML: Final = re.compile(rb"^\s*<(?:\?xml|!DOCTYPE|[a-z][\w:.-]*[\s/>])", re.IGNORECASE)
TEXTS: Final = {"csv": "text/csv", "json": "application/json", "md": "text/markdown", "ics": "text/calendar"}
UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SPACE: Final = frozenset(b"\t\n\x0b\x0c\r\x1b")

# A browser that was talked into opening one of these in place would run what is in it.
ACTIVE: Final = frozenset({"text/html", "image/svg+xml", "application/xml"})
# Browsers draw these without running anything of theirs.
RASTER: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
MOST_PIXELS: Final = 40_000_000
THUMBNAILS: Final = (160, 480)  # pixels of the longer side
THUMBNAIL_TYPE: Final = "image/webp"


def is_program(head: bytes) -> bool:
    """Say whether the file begins like something that a system would run."""
    return head.startswith(PROGRAMS) and not (head.startswith(b"MZ") and _is_text(head))


def content_type(head: bytes, name: str) -> str:
    """The type of a file by its first bytes; its name only chooses among kinds that begin alike."""
    if head.startswith(ZIP):
        return _zip_type(head, extension_of(name))
    for place, signature, kind in SIGNATURES:
        if head.startswith(signature, place) and (kind not in RIFF or head.startswith(b"RIFF")):
            return OLE.get(extension_of(name), kind) if kind == "application/x-ole-storage" else kind
    return _text_type(head, extension_of(name)) if _is_text(head) else UNKNOWN


def _zip_type(head: bytes, extension: str) -> str:
    found = OPEN_DOCUMENT.search(head, 0, 200)
    if found is not None:
        return found.group(1).decode()
    is_office = any(mark in head for mark in (b"[Content_Types].xml", b"_rels/", b"word/", b"xl/", b"ppt/"))
    return OFFICE.get(extension, "application/zip") if is_office else "application/zip"


def _is_text(head: bytes) -> bool:
    """Say whether the beginning is text: UTF-8 or a marked UTF-16, perhaps cut within a character."""
    if head.startswith(UTF_16):
        return True
    if any(byte < 32 and byte not in SPACE for byte in head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < LOOKED_AT)
    except UnicodeDecodeError:
        return False
    return True


def _text_type(head: bytes, extension: str) -> str:
    """The kind of text. What a browser might take for a page counts as one, whatever it is called."""
    plain = head.replace(b"\x00", b"") if head.startswith(UTF_16) else head.removeprefix(codecs.BOM_UTF8)
    if SVG.search(plain):
        return "image/svg+xml"
    if HTML.search(plain):
        return "text/html"
    if XML.match(plain):
        return "application/xml"
    return TEXTS.get(extension, TEXT)


def may_be_shown(kind: str, width: int | None, height: int | None) -> bool:
    """Say whether a browser may draw the file in place: a raster picture that a worker has found to be small enough."""
    return kind in RASTER and width is not None and height is not None and width * height <= MOST_PIXELS
