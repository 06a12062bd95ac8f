"""Single-use links: whoever holds one may give one answer about one thing, without an account.

Only the digest of a link is kept, as of a bearer token. A link is for one purpose and one subject, ends by date, and is
used once; a newer one for the same purpose and subject ends the older. Unknown, used, ended: the same words.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from rangkul.access.models import AccessLink
from rangkul.domain.errors import N_, NotFound

TOKEN_BYTES = 24


class LinkOver(NotFound):
    """Never was, was used, or has ended: one sentence for all three, so that nothing can be guessed from it."""

    code = "link_over"
    says = N_(
        "Tautan ini sudah dipakai, sudah berakhir, atau tidak ada. Mintalah tautan baru kepada pengirim."
    )


def make_link(purpose: str, subject_id: UUID, *, post_id: UUID, at: datetime, days: int) -> str:
    """Return the words of a new link; earlier open ones for the same purpose and subject end.

    Called inside the act that hands the link out; that act's event speaks for it.
    """
    end_links(purpose, subject_id, at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    AccessLink.objects.create(
        digest=_digest(token),
        purpose=purpose,
        subject_id=subject_id,
        made_by_id=post_id,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    return token


def subject_of_link(token: str, purpose: str, at: datetime) -> UUID:
    """What an open link is about; looking does not use it up.

    Raises:
        LinkOver: unknown, of another purpose, used or ended.
    """
    link = _open_link(token, purpose, at)
    if link is None:
        raise LinkOver
    return link.subject_id


def use_link(token: str, purpose: str, at: datetime) -> AccessLink:
    """Use the link up, inside the act that writes its answer: of two answers at once the second finds it used.

    Raises:
        LinkOver: unknown, of another purpose, used or ended.
    """
    link = _open_link(token, purpose, at)
    if link is None or not AccessLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
        raise LinkOver
    return link


def end_links(purpose: str, subject_id: UUID, at: datetime) -> None:
    """End the open links of a subject: what they ask has been answered otherwise, or is no longer asked."""
    AccessLink.objects.filter(
        purpose=purpose, subject_id=subject_id, used_at__isnull=True, expires_at__gt=at
    ).update(expires_at=at)


def tried_link(token: str, purpose: str) -> AccessLink | None:
    """A link that was ours, whether or not it still works: so that somebody can be told that it was tried again."""
    return AccessLink.objects.filter(digest=_digest(token), purpose=purpose).first()


def _open_link(token: str, purpose: str, at: datetime) -> AccessLink | None:
    return AccessLink.objects.filter(
        digest=_digest(token), purpose=purpose, used_at__isnull=True, expires_at__gt=at
    ).first()


def _digest(token: str) -> bytes:
    return hashlib.sha256(b"rangkul/link/1\x00" + token.encode("utf-8", "replace")).digest()
