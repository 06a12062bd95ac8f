"""Whose account of the city's own sign-in this is. Tied once to the account's own number, then only by it."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from rangkul.audit.recording import record
from rangkul.directory.models import Member
from rangkul.directory.queries import acting_member
from rangkul.domain.policy import ActingMember


@transaction.atomic
def member_of_city_account(uid: str, username: str, *, at: datetime) -> ActingMember | None:
    """The member behind an account of the city, or None.

    The first time by user name; from then on by the account's own number (``sub``), so that a user name that the city
    gives to somebody else later opens nothing here.
    """
    tied = SocialAccount.objects.filter(provider=settings.OIDC_ID, uid=uid).first()
    if tied is not None:
        return acting_member(tied.user_id, None)
    row = Member.objects.select_for_update().filter(username=username.strip().lower(), state="active").first()
    if row is None or SocialAccount.objects.filter(provider=settings.OIDC_ID, user=row).exists():
        return None
    member = acting_member(row.pk, None)
    if member is not None:
        SocialAccount.objects.create(user=row, provider=settings.OIDC_ID, uid=uid, extra_data={})
        record("member.linked", by=member, at=at, kind="member", subject_id=member.pid)
    return member
