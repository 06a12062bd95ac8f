"""Writes of the directory: the city's agencies and posts, members, who holds which post."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.directory.city import permission_table
from rangkul.directory.models import Agency, ApiToken, Instance, Member, Post, PostHolding
from rangkul.domain.citydata import City
from rangkul.domain.errors import N_, BadInput, Conflict, NotFound
from rangkul.domain.policy import ActingMember

TOKEN_HOURS = 12
READ = "read"
MAX_USERNAME, MAX_NAME = 60, 120


class UsernameTaken(Conflict):
    """Another member has this user name."""

    code = "username_taken"
    says = N_("Nama pengguna {username} sudah dipakai. Pilih yang lain.")


class NameMissing(BadInput):
    """A member has a user name and a name, of bearable length."""

    code = "name_missing"
    says = N_("Isi nama pengguna (paling panjang 60 huruf) dan nama petugas (paling panjang 120 huruf).")


class PasswordTooWeak(BadInput):
    """Too short, common, all digits, or like the name."""

    code = "password_too_weak"
    says = N_("Kata sandi belum cukup kuat: {why}")


class NotYourself(Conflict):
    """Nobody suspends, lets go or widens the rights of themselves (house/security.md A.7)."""

    code = "not_yourself"
    says = N_("Perubahan pada akun sendiri dilakukan oleh admin lain.")


class StateUnknown(BadInput):
    """A member is active, suspended, or has left."""

    code = "state_unknown"
    says = N_("Pilih keadaan akun: aktif, ditangguhkan, atau keluar.")


class ScopeUnknown(BadInput):
    """A token's scope names actions of this role, or ``read``."""

    code = "scope_unknown"
    says = N_("Cakupan token tidak dikenal untuk jabatan ini: {words}")


class AlreadyHolds(Conflict):
    """The member holds this post already."""

    code = "already_holds"
    says = N_("{name} sudah memegang jabatan ini.")


@transaction.atomic
def load_city(city: City, name: str, *, on: date | None = None) -> list[str]:  # noqa: C901 - one step a table
    """Load agencies and posts of the city's files; say what changed. Twice changes nothing; nothing is deleted.

    A row that vanished from the files is retired today.
    """
    said: list[str] = []
    on = on or timezone.localdate()
    if Instance.objects.get_or_create(pk=1, defaults={"city": name})[1]:
        said.append(f"instance {name}")
    for agency in city.agencies.values():
        facts: dict[str, Any] = {
            "kind": agency.kind,
            "name": city.agency_name(agency.key, on),
            "retired_on": None,
        }
        _, made = Agency.objects.update_or_create(pk=agency.key, defaults=facts)
        if made:
            said.append(f"agency {agency.key}")
    known = {post.code: post for post in Post.objects.all()}
    for row in city.posts.values():
        wanted: dict[str, Any] = {
            "agency_id": row.agency,
            "role": row.role,
            "title": row.title,
            "title_en": row.title_en,
            "areas": sorted(row.areas),
            "retired_on": None,
        }
        post = known.get(row.code)
        if post is None:
            known[row.code] = Post.objects.create(code=row.code, **wanted)
            said.append(f"post {row.code}")
        elif any(getattr(post, column) != value for column, value in wanted.items()):
            Post.objects.filter(pk=post.pk).update(**wanted)
            said.append(f"post {row.code} changed")
    for row in city.posts.values():
        superior = known[row.superior].pk if row.superior else None
        Post.objects.filter(code=row.code).exclude(superior_id=superior).update(superior_id=superior)
    vanished = set(known) - set(city.posts)
    if vanished:
        Post.objects.filter(code__in=vanished, retired_on__isnull=True).update(retired_on=on)
    return said


def _check_manages(by: ActingMember, agency: str, member_id: UUID | None = None) -> None:
    """An administrator manages its own agency's members and posts, never itself; the operator manages all.

    Raises:
        NotAllowed, NotFound, NotYourself.
    """
    permission_table().check(by, "directory.manage", ("agency",) if by.agency == agency else (), hide=True)
    if by.role != "system_operator" and by.agency != agency:
        raise NotFound
    if member_id is not None and member_id == by.id:
        raise NotYourself


def managed_member(by: ActingMember, member_id: UUID) -> Member:
    """A member that ``by`` manages, locked; never oneself.

    Raises:
        NotFound, NotAllowed, NotYourself.
    """
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise NotFound
    agencies = set(member.holdings.values_list("post__agency_id", flat=True))
    _check_manages(by, by.agency if by.agency in agencies or by.role == "system_operator" else "", member.pk)
    return member


def _post(by: ActingMember, post_id: UUID) -> Post:
    post = Post.objects.filter(pk=post_id, retired_on__isnull=True).exclude(role="system_operator").first()
    if post is None:
        raise NotFound
    _check_manages(by, post.agency_id)
    return post


@act("directory.add_member")
def add_member(  # noqa: PLR0913 - what a new member needs
    *,
    username: str,
    name: str,
    password: str,
    post_id: UUID,
    by: ActingMember,
    at: datetime,
    language: str = "id",
) -> Member:
    """Add a member and let them hold a post from now on.

    Raises:
        UsernameTaken, PasswordTooWeak: as they say.
    """
    post = _post(by, post_id)
    username = username.strip().lower()
    if not username or len(username) > MAX_USERNAME or not name.strip() or len(name) > MAX_NAME:
        raise NameMissing(field="name" if username else "username")
    if Member.objects.filter(username=username).exists():
        raise UsernameTaken(field="username", username=username)
    member = Member(username=username, name=name.strip(), language=language)
    take_password(member, password)
    member.password_from_other = by.id is not None
    member.save()
    record("member.added", by=by, at=at, kind="member", subject_id=member.pid)
    _hold(member, post, by=by, at=at)
    return member


def take_password(member: Member, password: str) -> None:
    """Hash a password that is strong enough; the caller saves.

    Raises:
        PasswordTooWeak: with the reasons.
    """
    try:
        validate_password(password, member)
    except ValidationError as fault:
        raise PasswordTooWeak(field="password", why=" ".join(fault.messages)) from None
    member.set_password(password)


def _hold(member: Member, post: Post, *, by: ActingMember | None, at: datetime) -> PostHolding:
    if PostHolding.objects.filter(member=member, post=post, until__isnull=True).exists():
        raise AlreadyHolds(name=member.name)
    holding = PostHolding.objects.create(member=member, post=post, since=at)
    record("post.held", by=by, at=at, kind="post", subject_id=post.pk)
    return holding


def _holding(by: ActingMember, holding_id: UUID) -> PostHolding:
    holding = (
        PostHolding.objects.select_for_update(of=("self",))
        .select_related("post")
        .filter(pk=holding_id)
        .first()
    )
    if holding is None:
        raise NotFound
    _check_manages(by, holding.post.agency_id)
    return holding


@act("directory.hold_post")
def hold_post(member_id: UUID, post_id: UUID, *, by: ActingMember, at: datetime) -> PostHolding:
    """Let a member act for one more post (never oneself)."""
    return _hold(managed_member(by, member_id), _post(by, post_id), by=by, at=at)


@act("directory.release_post")
def release_post(holding_id: UUID, *, by: ActingMember, at: datetime) -> PostHolding:
    """End a holding; what hangs on the post stays with the post."""
    holding = _holding(by, holding_id)
    if holding.until is None:
        holding.until = max(at, holding.since)
        holding.save(update_fields=("until",))
        record("post.released", by=by, at=at, kind="post", subject_id=holding.post_id)
    return holding


@act("directory.hand_over_post")
def hand_over_post(holding_id: UUID, to_member_id: UUID, *, by: ActingMember, at: datetime) -> PostHolding:
    """A rotating officer hands over the post: one holding ends, the next begins at the same moment."""
    holding = _holding(by, holding_id)
    heir = Member.objects.filter(pk=to_member_id, state="active").first()
    if heir is None:
        raise NotFound
    holding.until = max(at, holding.since)
    holding.save(update_fields=("until",))
    record("post.released", by=by, at=at, kind="post", subject_id=holding.post_id)
    return _hold(heir, holding.post, by=by, at=at)


@act("directory.set_password")
def set_password(member_id: UUID, password: str, *, by: ActingMember, at: datetime) -> Member:
    """Set a member's password; every session and token of theirs ends with it, and they choose an own one first."""
    member = managed_member(by, member_id)
    take_password(member, password)
    member.password_from_other = by.id is not None
    member.save(update_fields=("password", "password_from_other"))
    ApiToken.objects.filter(member_id=member.pk).delete()
    record("member.password_set", by=by, at=at, kind="member", subject_id=member.pid)
    return member


@act("directory.set_state")
def set_member_state(member_id: UUID, state: str, *, by: ActingMember, at: datetime) -> Member:
    """Suspend, bring back, or let go a member. It acts on their next request."""
    if state not in {"active", "suspended", "left"}:
        raise StateUnknown(field="state")
    member = managed_member(by, member_id)
    member.state = state
    member.save(update_fields=("state",))
    if state != "active":
        ApiToken.objects.filter(member_id=member.pk).delete()
    record("member.state_set", by=by, at=at, kind="member", subject_id=member.pid)
    return member


def set_preferences(member_id: UUID, *, language: str | None = None, theme: str | None = None) -> None:
    """Keep the member's own language and theme (no event: it concerns nobody else)."""
    facts = {name: value for name, value in (("language", language), ("theme", theme)) if value}
    if facts:
        Member.objects.filter(pk=member_id).update(**facts)


def token_digest(token: str) -> bytes:
    """What is kept of a bearer token."""
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic
def make_token(
    member: ActingMember, *, at: datetime, scope: Sequence[str] = (), hours: int = TOKEN_HOURS, name: str = ""
) -> tuple[str, datetime]:
    """Make an opaque bearer token for the post the member acts for.

    Args:
        scope: narrows: ``read`` lets nothing be written, names of actions open only their doors; empty narrows nothing.
        hours: 1 to 12.

    Raises:
        ScopeUnknown: a word of the scope is no action.
    """
    if member.id is None:
        raise NotFound
    unknown = [each for each in scope if each != READ and not permission_table().knows(member.role, each)]
    if unknown:
        raise ScopeUnknown(field="scope", words=", ".join(unknown)[:200])
    token = secrets.token_urlsafe(32)
    expires_at = at + timedelta(hours=min(max(hours, 1), TOKEN_HOURS))
    row = ApiToken(
        digest=token_digest(token),
        member_id=member.id,
        post_id=member.post_id,
        expires_at=expires_at,
        scope=list(scope),
        name=name.strip()[:60],
    )
    row.save()
    ApiToken.objects.filter(expires_at__lt=at - timedelta(days=7)).delete()
    record("member.token_made", by=member, at=at, kind="member", subject_id=member.pid)
    return token, expires_at


@act("directory.end_token")
def end_token(token_id: UUID, *, by: ActingMember, at: datetime) -> bool:
    """End one of one's own tokens; it acts on the next request. Twice changes nothing."""
    ended, _ = ApiToken.objects.filter(pk=token_id, member_id=by.member_id).delete()
    if ended:
        record("member.token_ended", by=by, at=at, kind="member", subject_id=by.pid)
    return bool(ended)


@transaction.atomic
def end_this_token(digest: bytes, *, by: ActingMember, at: datetime) -> None:
    """End the token that carries the request."""
    if ApiToken.objects.filter(digest=digest, member_id=by.member_id).delete()[0]:
        record("member.token_ended", by=by, at=at, kind="member", subject_id=by.pid)


@transaction.atomic
def note_sign_in(member: ActingMember, *, at: datetime) -> None:
    """Write the event of a sign-in."""
    record("member.signed_in", by=member, at=at, kind="member", subject_id=member.pid)
