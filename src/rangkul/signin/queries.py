"""Reads of the own sign-in: factors, sessions, tokens; and what must be done before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings

from rangkul.directory.city import city
from rangkul.directory.models import ApiToken, Member
from rangkul.directory.queries import is_training
from rangkul.domain.policy import ActingMember
from rangkul.signin.adapters import NOBODY, factor_of

TOTP: Final = Authenticator.Type.TOTP
PASSKEY: Final = Authenticator.Type.WEBAUTHN
CODES: Final = Authenticator.Type.RECOVERY_CODES
PASSWORD_FIRST, FACTOR_FIRST = "password", "factor"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key of the member's own phone or stick."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What a member has besides the password. ``codes_left`` is None while no recovery codes were made."""

    totp_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int | None

    @property
    def any(self) -> bool:
        """True when a second step is asked for at sign-in."""
        return self.totp_since is not None or bool(self.passkeys)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One place where the member is signed in. ``network`` is coarse (/24, /48), empty when unknown."""

    id: int
    agent: str
    network: str
    since: datetime
    seen_at: datetime
    is_this: bool


def has_second(member_id: UUID) -> bool:
    """Does this member's sign-in ask for a second step? One query."""
    return bool(Authenticator.objects.filter(user_id=member_id, type__in=(TOTP, PASSKEY)).exists())


def factors_of(member_id: UUID) -> Factors:
    """Everything the member has besides the password, without any secret."""
    rows = list(Authenticator.objects.filter(user_id=member_id).order_by("created_at"))
    keys = tuple(
        Passkey(row.pk, str(row.data.get("name", "")), row.created_at, row.last_used_at)
        for row in rows
        if row.type == PASSKEY
    )
    totp = next((row.created_at for row in rows if row.type == TOTP), None)
    codes = next((row for row in rows if row.type == CODES), None)
    return Factors(totp, keys, _left(member_id, codes) if codes else None)


def _left(member_id: UUID, row: Authenticator) -> int:
    with factor_of(member_id):
        return len(row.wrap().get_unused_codes())


def must_have_second(role: str) -> bool:
    """The city asks this role for a second factor (``roles.toml``); never in a training instance (design §6)."""
    known = city().roles.get(role)
    return bool(known and known.second_factor) and not is_training()


def first_things(member: ActingMember) -> str:
    """What must be done before any other page opens: a password of one's own, a second factor, or nothing."""
    row = Member.objects.filter(pk=member.member_id).values_list("password_from_other", flat=True).first()
    if row:
        return PASSWORD_FIRST
    if must_have_second(member.role) and not has_second(member.member_id):
        return FACTOR_FIRST
    return ""


def sessions_of(member_id: UUID, current_key: str | None) -> list[OwnSession]:
    """Where the member is signed in now, newest first; what has ended is swept away on the way."""
    member = Member.objects.get(pk=member_id)
    found = [
        OwnSession(
            row.pk,
            row.user_agent,
            "" if row.ip == NOBODY else str(row.ip),
            row.created_at,
            row.last_seen_at,
            row.session_key == current_key,
        )
        for row in UserSession.objects.purge_and_list(member)
    ]
    return sorted(found, key=lambda each: (not each.is_this, -each.seen_at.timestamp()))


def tokens_of(member_id: UUID, now: datetime) -> list[ApiToken]:
    """The member's living tokens, newest first; the tokens themselves are known to nobody."""
    return list(
        ApiToken.objects.filter(member_id=member_id, expires_at__gt=now)
        .select_related("post")
        .order_by("-made_at")
    )


def single_sign_on() -> str:
    """The name of the city's own sign-in, or empty when there is none."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return settings.OIDC_NAME if apps else ""


def username_of(member: ActingMember) -> str:
    """The name the member types at the door."""
    return Member.objects.values_list("username", flat=True).get(pk=member.member_id)
