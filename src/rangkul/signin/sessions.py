"""Opening a session for a member who proved to be the one, and the half-open one before the second step."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, login
from django.http import HttpRequest

from rangkul.directory.actions import note_sign_in
from rangkul.directory.models import Member
from rangkul.directory.queries import acting_member, first_post_of
from rangkul.domain.policy import ActingMember
from rangkul.signin.queries import first_things
from rangkul.signin.refusals import PasskeyWrong

HALF: Final = "half"
MUST: Final = "must"
SURE: Final = "sure_at"
HALF_SECONDS: Final = 300
SURE_SECONDS: Final = 900
MOST_TRIES: Final = 5
_BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Half:
    """A password was right; the second step is still missing."""

    member: ActingMember
    next: str


def begin_half(request: HttpRequest, member: ActingMember, next_page: str) -> None:
    """Remember for five minutes whose password was right. Nobody is signed in by this."""
    request.session.cycle_key()
    request.session[HALF] = {"member": str(member.id), "at": int(time.time()), "next": next_page, "tries": 0}


def half_of(request: HttpRequest) -> Half | None:
    """Whose second step is awaited in this session, or None when nobody's or it took too long."""
    kept: dict[str, Any] | None = request.session.get(HALF)
    if not kept:
        return None
    member = acting_member(UUID(kept["member"]), None)
    if member is None or time.time() - kept["at"] > HALF_SECONDS or kept["tries"] >= MOST_TRIES:
        del request.session[HALF]
        return None
    return Half(member, kept["next"])


def count_try(request: HttpRequest) -> None:
    """One wrong code more; after five the password is asked for again."""
    request.session[HALF] = {**request.session[HALF], "tries": request.session[HALF]["tries"] + 1}


def begin_session(request: HttpRequest, member: ActingMember, *, at: datetime) -> None:
    """Sign the member in, under a fresh session key, with the event and a row in the list of sessions."""
    row = Member.objects.get(pk=member.member_id)
    login(request, row, backend=_BACKEND)
    request.session.pop(HALF, None)
    request.session["post"] = str(first_post_of(member))
    request.session["seen"] = request.session[SURE] = int(time.time())
    look_again(request, member)
    UserSession.objects.create_from_request(request, user=row)
    note_sign_in(member, at=at)


def look_again(request: HttpRequest, member: ActingMember) -> None:
    """Keep in the session what must be done first, or that nothing must."""
    if first := first_things(member):
        request.session[MUST] = first
    else:
        request.session.pop(MUST, None)


def touch(key: str | None, at: datetime) -> None:
    """Note that a session is in use (at most every five minutes)."""
    UserSession.objects.filter(session_key=key).update(last_seen_at=at)


def is_sure(request: HttpRequest) -> bool:
    """Was the password, or a passkey, given in this session within the last quarter of an hour?"""
    return bool(time.time() - request.session.get(SURE, 0) <= SURE_SECONDS)


def be_sure(request: HttpRequest) -> None:
    """The password was just given again."""
    request.session[SURE] = int(time.time())


def member_of_passkey(answer: dict[str, Any]) -> ActingMember:
    """Who a passkey that was given without a user name says it is; proved only by ``use_passkey``.

    Raises:
        PasskeyWrong: nobody who may sign in.
    """
    try:
        handle = str(answer["response"]["userHandle"])
        member_id = UUID(urlsafe_b64decode(handle + "=" * (-len(handle) % 4)).decode())
    except (KeyError, TypeError, ValueError, NotBase64) as fault:
        raise PasskeyWrong from fault
    member = acting_member(member_id, None)
    if member is None:
        raise PasskeyWrong
    return member


def row_of(member: ActingMember) -> Member:
    """The member as allauth wants to be handed it."""
    return Member.objects.get(pk=member.member_id)


def follow_new_key(request: HttpRequest, member: ActingMember) -> None:
    """After the own password changed: this session goes on under a fresh key, and is the only one left in the list."""
    row = row_of(member)
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = row.get_session_auth_hash()
    UserSession.objects.filter(user_id=row.pk).delete()
    UserSession.objects.create_from_request(request, user=row)
