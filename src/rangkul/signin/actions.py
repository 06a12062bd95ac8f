"""Writes of the own sign-in. Each is one transaction with its event; no secret stands in an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.directory.actions import managed_member, take_password
from rangkul.directory.models import ApiToken, Member
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.signin.adapters import factor_of
from rangkul.signin.queries import CODES, PASSKEY, TOTP, has_second, must_have_second
from rangkul.signin.refusals import (
    CodeWrong,
    FactorNeeded,
    PasskeyWrong,
    PasswordSame,
    PasswordWrong,
)

_DIGITS: Final = 6
MOST_PASSKEYS: Final = 10


def check_own_password(member_id: UUID, password: str) -> Member:
    """The member, when this is the present password.

    Raises:
        PasswordWrong: it is not.
    """
    member = Member.objects.get(pk=member_id)
    if not check_password(password, member.password):
        raise PasswordWrong(field="present")
    return member


@act("signin.set_own_password")
def set_own_password(present: str, wanted: str, *, by: ActingMember, at: datetime) -> bool:
    """Choose an own password; every other session and every token ends with the old one.

    Raises:
        PasswordWrong, PasswordSame, PasswordTooWeak.
    """
    member = Member.objects.select_for_update().get(pk=by.member_id)
    if not check_password(present, member.password):
        raise PasswordWrong(field="present")
    if present == wanted:
        raise PasswordSame(field="password")
    take_password(member, wanted)
    member.password_from_other = False
    member.save(update_fields=("password", "password_from_other"))
    ApiToken.objects.filter(member_id=member.pk).delete()
    record("member.own_password_set", by=by, at=at, kind="member", subject_id=by.pid)
    return True


def _counter_of(secret: str, code: str) -> int | None:
    """The time step whose code this is, within the tolerance; every step is compared."""
    typed = "".join(code.split())
    found = [
        counter
        for counter in totp.yield_hotp_counters_from_time()
        if constant_time_compare(typed, totp.format_hotp_value(totp.hotp_value(secret, counter)))
    ]
    return found[0] if found else None


@act("signin.add_totp")
def add_totp(secret: str, code: str, *, by: ActingMember, at: datetime) -> list[str]:
    """Add (or replace) the authenticator app, proved by one code of it; give the recovery codes when they are new.

    Raises:
        CodeWrong: the app and we do not count alike; nothing was added.
    """
    member_id = by.member_id
    counter = _counter_of(secret, code)
    if counter is None:
        raise CodeWrong(field="code")
    with factor_of(member_id):
        Authenticator.objects.filter(user_id=member_id, type=TOTP).delete()
        row = totp.TOTP.activate(Member.objects.get(pk=member_id), secret).instance
        row.data["counter"] = counter
        row.save(update_fields=("data",))
    record("member.factor_added", by=by, at=at, kind="member", subject_id=by.pid, purpose="totp")
    return _codes_if_none(member_id, by, at)


def _codes_if_none(member_id: UUID, by: ActingMember, at: datetime) -> list[str]:
    if Authenticator.objects.filter(user_id=member_id, type=CODES).exists():
        return []
    return _fresh_codes(member_id, by, at)


def _fresh_codes(member_id: UUID, by: ActingMember, at: datetime) -> list[str]:
    Authenticator.objects.filter(user_id=member_id, type=CODES).delete()
    with factor_of(member_id):
        codes: list[str] = RecoveryCodes.activate(Member.objects.get(pk=member_id)).get_unused_codes()
    record("member.codes_made", by=by, at=at, kind="member", subject_id=by.pid)
    return codes


@transaction.atomic
def make_codes(*, by: ActingMember, at: datetime) -> list[str]:
    """New recovery codes; the old ones open nothing any more. Shown once, kept nowhere readable."""
    if not has_second(by.member_id):
        raise NotFound
    return _fresh_codes(by.member_id, by, at)


@transaction.atomic
def add_passkey(name: str, answer: dict[str, Any], *, by: ActingMember, at: datetime) -> list[str]:
    """Keep the passkey that the browser just made; give the recovery codes when they are new.

    The question (challenge) stands in the session; ``allauth`` reads it there.

    Raises:
        PasskeyWrong: the answer is not one to our question.
    """
    member = Member.objects.get(pk=by.member_id)
    if Authenticator.objects.filter(user_id=member.pk, type=PASSKEY).count() >= MOST_PASSKEYS:
        raise PasskeyWrong
    try:
        webauthn.parse_registration_response(answer)
        webauthn.complete_registration(answer)
    except (ValidationError, ValueError, KeyError, TypeError) as fault:
        raise PasskeyWrong from fault
    webauthn.WebAuthn.add(member, name.strip()[:60] or "Kunci sandi", answer)
    record("member.factor_added", by=by, at=at, kind="member", subject_id=by.pid, purpose="passkey")
    return _codes_if_none(member.pk, by, at)


@act("signin.remove_factor")
def remove_factor(factor: str, *, by: ActingMember, at: datetime) -> bool:
    """Take away the app (``totp``) or a passkey (its number); recovery codes go with the last.

    Raises:
        NotFound: it is none of one's own. FactorNeeded: the last one of a role that must have one.
    """
    member_id = by.member_id
    own = Authenticator.objects.select_for_update().filter(user_id=member_id, type__in=(TOTP, PASSKEY))
    rows = list(own)
    gone = next((row for row in rows if _is(row, factor)), None)
    if gone is None:
        raise NotFound
    if len(rows) == 1 and must_have_second(by.role):
        raise FactorNeeded
    gone.delete()
    if len(rows) == 1:
        Authenticator.objects.filter(user_id=member_id).delete()
    record(
        "member.factor_removed", by=by, at=at, kind="member", subject_id=by.pid, purpose=str(gone.type)[:24]
    )
    return True


def _is(row: Authenticator, factor: str) -> bool:
    return row.type == TOTP if factor == "totp" else row.type == PASSKEY and str(row.pk) == factor


@act("signin.reset_factors")
def reset_factors(member_id: UUID, *, by: ActingMember, at: datetime) -> Member:
    """An administrator takes away the second factors of somebody who lost them; all their sessions and tokens end."""
    member = managed_member(by, member_id)
    Authenticator.objects.filter(user_id=member.pk).delete()
    end_sessions(UserSession.objects.filter(user_id=member.pk))
    ApiToken.objects.filter(member_id=member.pk).delete()
    record("member.factor_reset", by=by, at=at, kind="member", subject_id=member.pid)
    return member


@transaction.atomic
def use_code(member: ActingMember, code: str, *, at: datetime) -> None:
    """Take a code of the app, or a recovery code, once.

    A time step that was used is never taken again, in no process; so a code read over a shoulder is worth nothing.

    Raises:
        CodeWrong: neither.
    """
    member_id = member.member_id
    typed = "".join(code.split())
    locked = Authenticator.objects.select_for_update().filter(user_id=member_id)
    rows = {row.type: row for row in locked}
    with factor_of(member_id):
        if len(typed) == _DIGITS and TOTP in rows and _use_totp(rows[TOTP], typed, at):
            return
        if CODES in rows and rows[CODES].wrap().validate_code(typed):
            record("member.code_used", by=member, at=at, kind="member", subject_id=member.pid)
            return
    raise CodeWrong(field="code")


def _use_totp(row: Authenticator, typed: str, at: datetime) -> bool:
    counter = _counter_of(_secret(row), typed)
    if counter is None or counter <= int(row.data.get("counter", -1)):
        return False
    row.data["counter"] = counter
    row.last_used_at = at
    row.save(update_fields=("data", "last_used_at"))
    return True


def _secret(row: Authenticator) -> str:
    secret: str = decrypt(row.data["secret"])
    return secret


def use_passkey(member_id: UUID, answer: dict[str, Any], *, at: datetime) -> None:
    """Check a passkey's answer to the question that stands in the session.

    Raises:
        PasskeyWrong: not this member's, or no answer to our question.
    """
    member = Member.objects.filter(pk=member_id, state="active").first()
    if member is None:
        raise PasskeyWrong
    try:
        found = webauthn.complete_authentication(member, answer)
    except (ValidationError, ValueError, KeyError, TypeError) as fault:
        raise PasskeyWrong from fault
    Authenticator.objects.filter(pk=found.pk).update(last_used_at=at)


def end_sessions(sessions: Iterable[UserSession]) -> int:
    """End them: their next request finds nobody signed in."""
    rows = list(sessions)
    for row in rows:
        row.end()
    return len(rows)


@transaction.atomic
def end_this_session(request: HttpRequest, by: ActingMember, *, at: datetime) -> None:
    """Take this session from the list as its member signs out."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    record("member.signed_out", by=by, at=at, kind="member", subject_id=by.pid)


@act("signin.end_session")
def end_session(session_id: int, *, by: ActingMember, at: datetime) -> bool:
    """End one of one's own sessions from elsewhere. Twice changes nothing."""
    ended = end_sessions(UserSession.objects.filter(pk=session_id, user_id=by.member_id))
    if ended:
        record("member.session_ended", by=by, at=at, kind="member", subject_id=by.pid)
    return bool(ended)


@act("signin.end_other_sessions")
def end_other_sessions(keep: str, *, by: ActingMember, at: datetime) -> int:
    """End all own sessions but the one with this key."""
    ended = end_sessions(UserSession.objects.filter(user_id=by.member_id).exclude(session_key=keep))
    if ended:
        record("member.session_ended", by=by, at=at, kind="member", subject_id=by.pid)
    return ended


@act("signin.end_sessions_of")
def end_sessions_of(member_id: UUID, *, by: ActingMember, at: datetime) -> int:
    """An administrator ends every session and token of a member of the own agency (a lost phone)."""
    member = managed_member(by, member_id)
    ended = end_sessions(UserSession.objects.filter(user_id=member.pk))
    ended += ApiToken.objects.filter(member_id=member.pk).delete()[0]
    record("member.session_ended", by=by, at=at, kind="member", subject_id=member.pid)
    return ended
