"""The photo of a report or contact: a photo and nothing else, kept without metadata by ``files``."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.domain.errors import N_, BadInput
from rangkul.domain.policy import ActingMember
from rangkul.files.actions import store
from rangkul.files.images import PDF, sniff


class PhotoOnly(BadInput):
    """A document where a photo is asked for."""

    code = "photo_only"
    says = N_("Di sini hanya foto (JPEG, PNG, WebP). Pilih foto lain, atau kirim tanpa foto.")


def keep_photo(
    photo: bytes, *, about_kind: str, about_id: UUID, sensitivity: str, by: ActingMember | None, at: datetime
) -> None:
    """Store a photo under the key of what it shows.

    Raises:
        BadInput: it is no photo, too large, or cannot be decoded; the field is ``photo``.
    """
    try:
        if photo and sniff(photo[:16]) == PDF:
            raise PhotoOnly
        store(
            photo,
            subject_id=about_id,
            about_kind=about_kind,
            about_id=about_id,
            kind="photo",
            sensitivity=sensitivity,
            by=by,
            at=at,
            name="foto",
        )
    except BadInput as refusal:
        refusal.field = "photo"
        raise
