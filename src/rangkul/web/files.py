"""How a stored file leaves the house: never shown as a page, never under a telling name, never kept on the way."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpResponse

_PDF: Final = "application/pdf"


def as_file(content: bytes, media_type: str, file_id: UUID) -> HttpResponse:
    """The answer with these bytes: a photo shows, a PDF is only ever a download."""
    response = HttpResponse(content, content_type=media_type)
    ending = {_PDF: "pdf", "image/png": "png"}.get(media_type, "jpg")
    how = "attachment" if media_type == _PDF else "inline"
    # The name says nothing of a person (ASVS 14.2.1): it lands in download folders and logs.
    response["Content-Disposition"] = f'{how}; filename="berkas-{file_id.hex[-6:]}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def pdf_named(name: str, content: bytes) -> HttpResponse:
    """A PDF made for this answer, to be saved under a name."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
