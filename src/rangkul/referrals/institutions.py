"""How things stand at the institutions: beds, queue, closure. No person is in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from rangkul.access.guard import can, check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.refusals import ChoiceUnknown
from rangkul.cases.typed import coming_day, words_of
from rangkul.directory.city import city
from rangkul.domain.citydata import Institution, InstitutionCriterion, InstitutionKind
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.referrals.models import InstitutionState
from rangkul.referrals.referral_refusals import StateMissing
from rangkul.vault.often import often

MOST = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class StateInput:
    """What somebody says about an institution. Fields that are None or empty are not known, or do not apply."""

    beds_free: int | None = None
    free_from: date | None = None
    queue: int | None = None
    closed: str = ""
    closed_until: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An institution with its kind, what it asks, how it stands now, and whose screen it is."""

    row: Institution
    kind: InstitutionKind
    criteria: tuple[InstitutionCriterion, ...]
    state: InstitutionState | None
    next: tuple[Institution, ...]
    may_update: bool

    @property
    def is_closed(self) -> bool:
        """Takes nobody now."""
        return self.state is not None and bool(self.state.closed)


def state_of(code: str) -> InstitutionState | None:
    """The newest word on an institution."""
    newest: InstitutionState | None = next(iter(_said_of(code)), None)
    return newest


@often
def _said_of(code: str) -> Any:  # noqa: ANN401 - a query set
    rows = InstitutionState.objects.filter(institution=code).select_related("post")
    return rows.order_by("-said_at", "-pk")[:1]


def states() -> dict[str, InstitutionState]:
    """The newest word on every institution, in one query."""
    newest = InstitutionState.objects.filter(institution=OuterRef("institution")).order_by("-said_at", "-pk")
    rows = InstitutionState.objects.filter(pk=Subquery(newest.values("pk")[:1])).select_related("post")
    return {row.institution: row for row in rows}


def is_own(member: ActingMember, place: Institution) -> bool:
    """Does the member's post answer for this institution?"""
    return member.post_code in place.posts


def directory(member: ActingMember, kinds: Collection[str] = ()) -> list[Place]:
    """Every institution with its live state."""
    check_may(member, "institution.view", hide=True)
    known = states()
    rows = [row for row in city().institutions.values() if not kinds or row.kind in kinds]
    return [_place(member, row, known.get(row.code)) for row in rows]


def institution_seen_by(member: ActingMember, code: str) -> Place:
    """One institution; NotFound when there is none."""
    check_may(member, "institution.view", hide=True)
    row = city().institutions.get(code)
    if row is None:
        raise NotFound
    return _place(member, row, state_of(code))


def _place(member: ActingMember, row: Institution, state: InstitutionState | None) -> Place:
    return Place(
        row,
        city().institution_kinds[row.kind],
        city().criteria_of(row.code),
        state,
        tuple(city().institutions[code] for code in row.next),
        _may_update(member, row),
    )


def _may_update(member: ActingMember, row: Institution) -> bool:
    return can(member, "institution.update", ("own",) if is_own(member, row) else ())


@act("institution.state")
def say_state(code: str, said: StateInput, *, by: ActingMember, at: datetime) -> InstitutionState:
    """Record how an institution stands; who has no account is told for by the desk or a social worker.

    Raises:
        NotFound: no such institution. StateMissing, ChoiceUnknown, DateInPast: what was typed.
    """
    row = city().institutions.get(code)
    if row is None:
        raise NotFound
    check_may(by, "institution.update", ("own",) if is_own(by, row) else ())
    if said.closed and said.closed not in {each.code for each in city().choices_of("institution_closure")}:
        raise ChoiceUnknown(field="closed")
    words = words_of(said.words, "words", most=300, needed=False)
    if said == StateInput():
        raise StateMissing(field="beds_free")
    for name in ("free_from", "closed_until"):
        if (day := getattr(said, name)) is not None:
            coming_day(day, at, name)
    state = InstitutionState.objects.create(
        institution=code,
        beds_free=None if said.closed else _small(said.beds_free),
        free_from=None if said.closed else said.free_from,
        queue=_small(said.queue),
        closed=said.closed,
        closed_until=said.closed_until if said.closed else None,
        words=words,
        said_at=at,
        member_id=by.id,
        post_id=by.post_id,
    )
    record("institution.state_said", by=by, at=at, kind="institution", subject_id=state.pk)
    return state


def _small(number: int | None) -> int | None:
    return None if number is None else max(0, min(number, MOST))
