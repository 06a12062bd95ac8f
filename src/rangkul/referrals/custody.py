"""Who has the person of a contact now: the team that met them, or whoever accepted last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rangkul.referrals.models import HandOver
from rangkul.reports.models import Contact


@dataclass(frozen=True, slots=True)
class Custody:
    """A post and since when."""

    post_id: UUID
    title: str
    since: datetime


def custodian_of(contact: Contact) -> Custody:
    """The post that has the person of this contact now. One query."""
    last = (
        HandOver.objects.filter(contact=contact, state="accepted")
        .select_related("taker")
        .order_by("-answered_at", "-pk")
        .first()
    )
    if last is None or last.answered_at is None:
        return Custody(contact.post_id, contact.post.title, contact.met_at)
    return Custody(last.taker_id, last.taker.title, last.answered_at)
