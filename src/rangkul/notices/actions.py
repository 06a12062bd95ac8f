"""Writes of notices: read, preferences, browsers that take push."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain.errors import N_, BadInput
from rangkul.domain.policy import ActingMember
from rangkul.notices.models import Notice, Preference, Subscription
from rangkul.notices.push import is_key
from rangkul.notices.queries import own_id

MOST_BROWSERS = 10


class EmailWrong(BadInput):
    """An address to which nothing can be sent."""

    code = "email_wrong"
    says = N_("Alamat surel belum dapat dibaca. Contoh: nama@magelangkota.go.id")


class BrowserUnknown(BadInput):
    """Not a push address of a known service."""

    code = "browser_unknown"
    says = N_(
        "Peramban ini tidak memberi alamat pemberitahuan yang dikenal. Pakai daftar di aplikasi atau surel."
    )


@act("notice.read")
def mark_read(notice_ids: list[UUID], *, by: ActingMember, at: datetime) -> int:
    """Mark one's own notices as read; none named: all."""
    rows = Notice.objects.filter(member_id=own_id(by), read_at__isnull=True)
    if notice_ids:
        rows = rows.filter(pk__in=notice_ids)
    return rows.update(read_at=at)


@act("notice.prefer")
def prefer(
    email: str, *, by_email: bool, by_push: bool, digest: bool, by: ActingMember, at: datetime
) -> Preference:
    """Set how one wants to be told beside the list in the app.

    Raises:
        EmailWrong: e-mail asked for without a readable address.
    """
    address = email.strip()[:160]
    if by_email or address:
        try:
            validate_email(address)
        except ValidationError:
            raise EmailWrong(field="email") from None
    row, _made = Preference.objects.update_or_create(
        pk=own_id(by), defaults={"email": address, "by_email": by_email, "by_push": by_push, "digest": digest}
    )
    if not by_push:
        Subscription.objects.filter(member_id=own_id(by), gone_at__isnull=True).update(gone_at=at)
    record("notice.preferred", by=by, at=at, kind="member", subject_id=by.id)
    return row


@act("notice.subscribe")
def subscribe(endpoint: str, p256dh: str, auth: str, *, by: ActingMember, at: datetime) -> Subscription:
    """Take a browser in that asked for push. Only addresses of known push services: the house calls no others.

    Raises:
        BrowserUnknown: another address, or keys that are none.
    """
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    known = any(host == each or host.endswith(f".{each}") for each in settings.PUSH_SERVICES)
    safe = parts.scheme == "https" or (settings.TESTING and host == "127.0.0.1")
    if not (known and safe and len(endpoint) <= 600 and is_key(p256dh, 65) and is_key(auth, 16)):  # noqa: PLR2004
        raise BrowserUnknown
    row, _made = Subscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={"member_id": own_id(by), "p256dh": p256dh, "auth": auth, "made_at": at, "gone_at": None},
    )
    older = Subscription.objects.filter(member_id=own_id(by), gone_at__isnull=True).order_by("-made_at")
    for each in older[MOST_BROWSERS:]:
        Subscription.objects.filter(pk=each.pk).update(gone_at=at)
    Preference.objects.update_or_create(pk=own_id(by), defaults={"by_push": True})
    record("notice.browser_added", by=by, at=at, kind="member", subject_id=by.id)
    return row
