"""Receives an upload into a temporary file, counted and hashed on the way, and stops at the limit."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from apps.attachments.calculations.names import sanitised
from apps.attachments.errors import FileTooLarge
from apps.attachments.services.quotas import MEGABYTE
from apps.attachments.services.storing import Received
from apps.kernel.api.refusals import Malformed
from apps.kernel.api.repeats import RAW_BODY
from apps.kernel.errors import FieldError, InvalidInput, PlatformError
from apps.kernel.tenancy.transactions import reading_paused

FORM = "multipart/form-data"
FILE = "file"
SLACK = MEGABYTE  # for the fields beside the file, and the form around them
UNREADABLE = (MultiPartParserError, UnreadablePostError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class CountingHandler(TemporaryFileUploadHandler):
    """Writes each file to disk, whatever its size; one that is larger than the limit ends the upload."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.is_too_large = False
        self.digest = hashlib.sha256()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file, or end an upload that announces too much: of that nothing more is read."""
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()
        if self._announced() > settings.ATTACHMENTS_LARGEST + SLACK:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)

    def _announced(self) -> int:
        """Bytes of the whole form; the parser has read the number before it began."""
        request: Any = self.request
        return int(request.META.get("CONTENT_LENGTH") or 0)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take in a piece."""
        if start + len(raw_data) > settings.ATTACHMENTS_LARGEST:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)
        self.digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        """The file, with its digest."""
        file: Any = super().file_complete(file_size)
        file.sha256 = self.digest.hexdigest()
        return file


class Upload:
    """What came of reading the form, told only when the view asks for it: a refusal belongs into its answer."""

    def __init__(self, request: HttpRequest) -> None:
        handler = CountingHandler(request)
        request.upload_handlers = [handler]
        self.refusal: PlatformError | None = None
        try:
            with reading_paused():  # a slow sender holds no transaction open
                files = request.FILES
        except UNREADABLE:
            self.refusal = Malformed(reason=_("it is no form that was sent to its end"))
            return
        if handler.is_too_large:
            limit = settings.ATTACHMENTS_LARGEST
            self.refusal = FileTooLarge(limit=limit, limit_mb=limit // MEGABYTE)
        elif len(files.getlist(FILE)) > 1 or set(files) - {FILE}:
            error = FieldError(FILE, "attachments.file.one_at_a_time", _("Send one file at a time."))
            self.refusal = InvalidInput(errors=(error,))
        else:
            setattr(request, RAW_BODY, _identity(request))

    def demand_readable(self) -> None:
        """Raise what was wrong: Malformed, FileTooLarge, InvalidInput."""
        if self.refusal is not None:
            raise self.refusal


def _identity(request: HttpRequest) -> bytes:
    """Stands for the form: the same fields and the same file, however the sender has parted them."""
    fields = sorted((name, request.POST.getlist(name)) for name in request.POST)
    files = [(file.name, getattr(file, "sha256", "")) for file in request.FILES.getlist(FILE)]
    return repr((fields, files)).encode()


def received(file: Any) -> Received:
    """The file of the form, from its beginning."""
    file.seek(0)
    return Received(content=file, size=int(file.size), sha256=str(file.sha256), name=sanitised(str(file.name)))
