"""Which hand-overs a member sees, and which of what was said: scope first, then ask (design §1.8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from rangkul.access.guard import check_may
from rangkul.access.models import TeamSeat
from rangkul.access.queries import not_excluded
from rangkul.access.scope import scope
from rangkul.directory.city import permission_table
from rangkul.directory.queries import posts_acting_for
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, Decision
from rangkul.people.restriction import free
from rangkul.referrals.models import HandOver
from rangkul.vault.often import often

ABOUT_ROWS = (
    "case__person",
    "contact__person",
    "contact__post",
    "giver__agency",
    "taker__agency",
    "next_post",
)
LINE_ROWS = (
    "case__person",
    "contact__person",
    "contact__post",
    "giver",
    "taker",
    "next_post",
    "answered_post",
)
"""What a line tells; of which agency the posts are, it does not."""
_PERSON = ("label", "street_label", "has_name", "is_minor", "sex", "registered_by")
LINE_COLUMNS = (
    *("state", "offered_at", "answered_at", "way", "reason"),
    *(f"{post}__title" for post in ("giver", "taker", "next_post", "answered_post", "contact__post")),
    *(f"case__{column}" for column in ("code", "sensitivity", "holder", "agency")),
    *(f"contact__{column}" for column in ("sensitivity", "sex", "age_low", "age_high", "met_at")),
    *(f"{via}__person__{column}" for via in ("case", "contact") for column in _PERSON),
)
"""All that a line and its scope read: a list of many rows reads nothing else."""
_CLOSED = frozenset({"refused", "withdrawn"})


def sensitivity_of(row: HandOver) -> str:
    """As the case or the contact."""
    return row.case.sensitivity if row.case is not None else row.contact.sensitivity  # type: ignore[union-attr]


def _filters(member: ActingMember, acting: frozenset[UUID]) -> dict[str, Q]:
    """``own``: offered by the member's post; ``assigned``: to it; ``holder``: it accepted and still holds.

    Posts that are vacant below the member's count as the member's (design §3.2).
    """
    seats = TeamSeat.objects.filter(post_id=member.post_id, until__isnull=True).values("subject_id")
    mine = Q(taker_id__in=acting)
    return {
        "own": Q(giver_id__in=acting),
        "assigned": mine,
        "holder": mine & Q(state="accepted", case__holder_id=F("taker_id")),
        "team": Q(case__holder_id=member.post_id) | Q(case__in=seats) | Q(case__person__in=seats),
        "agency": Q(case__agency_id=member.agency),
    }


def hand_overs_in_sight(member: ActingMember, acting: frozenset[UUID] | None = None) -> QuerySet[HandOver]:
    """Hand-overs that this member may see; never of a sealed case.

    Args:
        acting: the posts the member acts for, when the caller has them.
    """
    action = "hand_over.view"
    filters = _filters(member, posts_acting_for(member) if acting is None else acting)
    ordinary = Q(case__sensitivity="ordinary") | Q(contact__sensitivity="ordinary")
    protected = Q(case__sensitivity="protected") | Q(contact__sensitivity="protected")
    seen = (ordinary & scope(member, action, filters)) | (
        protected & scope(member, action, filters, "protected")
    )
    of_case = free(member, "case__person_id", "case_id") | Q(case__holder_id=member.post_id)
    return HandOver.objects.filter(
        seen & of_case & free(member, "contact__person_id", "contact_id"),
        not_excluded(member, "case__person_id"),
        not_excluded(member, "contact__person_id"),
    )


def held_relations(
    member: ActingMember,
    row: HandOver,
    acting: frozenset[UUID] | None = None,
    seats: frozenset[UUID] | None = None,
) -> tuple[str, ...]:
    """The twin of the filters for one row.

    Args:
        acting: the posts the member acts for, when the caller has them (a list asks once).
        seats: on which cases and persons the member's post has a seat, when the caller has them (``seats_on``).
    """
    posts = posts_acting_for(member) if acting is None else acting
    mine = row.taker_id in posts
    found = {"own": row.giver_id in posts, "assigned": mine}
    if row.case is not None:
        found["holder"] = mine and row.state == "accepted" and row.case.holder_id == row.taker_id
        found["agency"] = row.case.agency_id == member.agency
        found["team"] = row.case.holder_id == member.post_id or _seated(member, row, seats)
    return tuple(name for name, holds in found.items() if holds)


def _seated(member: ActingMember, row: HandOver, seats: frozenset[UUID] | None) -> bool:
    """Asked only where the table could open something by it."""
    case = row.case
    if case is None or not _opens_by_seat(member, case.sensitivity):
        return False
    if seats is None:
        seats = seats_on(member, [row])
    return case.pk in seats or case.person_id in seats


def _opens_by_seat(member: ActingMember, sensitivity: str) -> bool:
    return "team" in permission_table().relations(member.role, "hand_over.view", sensitivity)


def seats_on(member: ActingMember, rows: Iterable[HandOver]) -> frozenset[UUID]:
    """The cases and persons of these hand-overs on which the member's post has a seat; one query, none without cases."""
    subjects = [
        subject
        for row in rows
        if row.case is not None and _opens_by_seat(member, row.case.sensitivity)
        for subject in (row.case.pk, row.case.person_id)
    ]
    return frozenset(_seats(member.post_id, subjects)) if subjects else frozenset()


@often
def _seats(post_id: UUID, subjects: list[UUID]) -> Any:  # noqa: ANN401 - a query set of keys
    rows = TeamSeat.objects.filter(post_id=post_id, until__isnull=True, subject_id__in=subjects)
    return rows.values_list("subject_id", flat=True)


def decide(member: ActingMember, row: HandOver, held: tuple[str, ...]) -> Decision:
    """Which field groups open. What was refused or taken back closes again for whoever was only asked."""
    table, guarded = permission_table(), sensitivity_of(row)
    found = table.decide(member, "hand_over.view", held, guarded)
    known = table.relations(member.role, "hand_over.view", guarded).intersection(held)
    if row.state in _CLOSED and known <= {"assigned"}:
        return Decision(allow=found.allow, relation=found.relation)
    return found


def hand_over_for(member: ActingMember, hand_over_id: UUID, action: str) -> HandOver:
    """The hand-over, unlocked, when the member sees it and may do the action.

    Raises:
        NotFound: missing or hidden.
        NotAllowed: seen, but not this.
    """
    row = hand_overs_in_sight(member).filter(pk=hand_over_id).select_related(*ABOUT_ROWS).first()
    if row is None:
        raise NotFound
    check_may(member, action, held_relations(member, row), sensitivity_of(row))
    return row
