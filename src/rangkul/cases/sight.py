"""Which cases a member may see and touch: scope first, then ask (design §1.8)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.guard import check_may
from rangkul.access.models import TeamSeat
from rangkul.access.queries import (
    excluded_among,
    is_excluded,
    is_reader,
    not_excluded,
    reads_sealed,
    sealed_subjects,
    seat_exists,
)
from rangkul.access.scope import scope
from rangkul.access.tickets import (
    desk_opens,
    desk_subjects,
    has_desk,
    has_ticket,
    ticket_opens,
    ticket_subjects,
)
from rangkul.cases.models import Case, CaseTurn, StageEntry, Visit
from rangkul.directory.city import permission_table
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.policy import (
    EXCLUDED,
    SEALED_DESK,
    SEALED_TEAM,
    SENSITIVITIES,
    ActingMember,
    Decision,
    PermissionTable,
)
from rangkul.domain.stages import CaseClosed
from rangkul.people.restriction import ProcessingRestricted, free
from rangkul.vault.often import often

_IN_ROWS: Final = frozenset({"holder", "team", "assigned", "ticket", "granted", SEALED_TEAM, SEALED_DESK})
"""Relations that stand in rows which name the post or the officer; all others are a property of many cases.

``granted`` opens a sheet and never a case: no row of cases stands in it.
"""


def relation_filters(member: ActingMember) -> dict[str, Q]:
    """Relation -> the cases that stand in it to this member."""
    # Asked per row by an index: a list of every seat of the post would grow with the register.
    seated = Q(seat_exists(member)) | Q(seat_exists(member, "person_id"))
    visits = Visit.objects.filter(owner_id=member.post_id, done_at__isnull=True, case_id=OuterRef("pk"))
    return {
        "own": Q(contact__post_id=member.post_id),
        "holder": Q(holder_id=member.post_id),
        "team": seated,
        "area": Q(area_code__in=member.areas) if member.areas else Q(pk__isnull=False),
        "agency": Q(agency_id=member.agency),
        # Assigned: a visit handed to the post, or a seat beside the holder (shelter, health worker).
        "assigned": Q(Exists(visits)) | seated,
        "ticket": ticket_opens(member),
        SEALED_TEAM: Q(reads_sealed(member)),
        SEALED_DESK: desk_opens(member),
    }


def cases_in_sight(member: ActingMember, action: str = "case.view") -> QuerySet[Case]:
    """Cases on which this member may do the action: a sealed one only as a named reader, none of whoever excludes them.

    What becomes known to others (an agenda, a count, a letter's list) starts from ``ordinary_in_sight``.
    """
    sealed = Q(sensitivity="sealed") & scope(member, action, relation_filters(member), "sealed")
    kept = free(member, "person_id", "pk") | Q(holder_id=member.post_id)
    seen = (_ordinary(member, action) & kept) | sealed
    return Case.every.filter(_named(member, action), seen, not_excluded(member, "person_id"))


def _named(member: ActingMember, action: str) -> Q:
    """Before the scope: the few cases that can be in it at all, where each of its relations stands in rows of its own.

    It takes nothing away. Whoever has thirty seats is answered from those, not by asking every open case of the register.
    """
    table = permission_table()
    wanted = {each for level in SENSITIVITIES for each in table.relations(member.role, action, level)}
    if not wanted or not wanted <= _IN_ROWS:
        return Q()
    post = member.post_id
    seats = TeamSeat.objects.filter(post_id=post, until__isnull=True).order_by().values("subject_id")
    return Q(
        pk__in=seats.union(
            Visit.objects.filter(owner_id=post, done_at__isnull=True, case_id__isnull=False)
            .order_by()
            .values("case_id"),
            Case.every.filter(person_id__in=seats).order_by().values("pk"),
            Case.every.filter(holder_id=post, closed_at__isnull=True).order_by().values("pk"),
            ticket_subjects(member).order_by(),
            desk_subjects(member).order_by(),
            sealed_subjects(member).order_by(),
        )
    )


def ordinary_in_sight(member: ActingMember, action: str = "case.view") -> QuerySet[Case]:
    """The same without sealed cases, whoever asks."""
    return _in_sight(member, action).filter(free(member, "person_id", "pk") | Q(holder_id=member.post_id))


def _in_sight(member: ActingMember, action: str) -> QuerySet[Case]:
    """The same, but for restrictions of processing."""
    return Case.objects.filter(_ordinary(member, action), not_excluded(member, "person_id"))


def _ordinary(member: ActingMember, action: str) -> Q:
    seen = scope(member, action, relation_filters(member))
    guarded = Q(sensitivity="protected") & scope(member, action, relation_filters(member), "protected")
    return (Q(sensitivity="ordinary") & seen) | guarded


def not_in_sight(member: ActingMember, which: Q) -> NotFound | ProcessingRestricted:
    """What to say about a case that was not found: that its processing is restricted, to who would see it otherwise."""
    held = _in_sight(member, "case.view").filter(which, person__restricted_at__isnull=False).exists()
    return ProcessingRestricted() if held else NotFound()


def held_relations(
    member: ActingMember, case: Case, *actions: str, seated: bool | None = None
) -> tuple[str, ...]:
    """The relations between the member and the case that matter for the actions; asks the database for seats and bars.

    Args:
        seated: whether the member's post has a seat beside the holder, when the caller knows it.
    """
    if _once(case, "_barred", member, lambda: is_excluded(member, case.person_id)):
        return (EXCLUDED,)
    if case.sensitivity == "sealed":
        if _once(case, "_read", member, lambda: is_reader(member, case.pk)):
            return (SEALED_TEAM,)
        desk = SEALED_DESK in permission_table().relations(member.role, "case.view", "sealed")
        opened = desk and _once(case, "_desk", member, lambda: has_desk(member, case_id=case.pk))
        return (SEALED_DESK,) if opened else ()
    return _by_post(member, case, actions, seated=seated)


def _by_post(
    member: ActingMember, case: Case, actions: tuple[str, ...], *, seated: bool | None
) -> tuple[str, ...]:
    """What the post has to do with a case that is not sealed."""
    table = permission_table()
    wanted = frozenset().union(*(table.relations(member.role, each, case.sensitivity) for each in actions))
    held = _held_by_row(member, case, wanted)
    if seated is not None:
        case.__dict__.setdefault("_seated", {})[member.post_id] = seated
    else:
        seated = bool({"team", "assigned"} & wanted) and _has_seat(member, case)
    if "team" in wanted and seated:
        held.append("team")
    if "assigned" in wanted and (seated or _has_visit(member, case)):
        held.append("assigned")
    if "ticket" in wanted and "holder" not in held and "team" not in held and _ticket(member, case):
        # First: what is looked at under a ticket says so in the log, whatever else the member is to the case.
        held.insert(0, "ticket")
    return tuple(held)


def _ticket(member: ActingMember, case: Case) -> bool:
    return _once(case, "_ticket", member, lambda: has_ticket(member, case.pk))


def ask_together(member: ActingMember, cases: Collection[Case]) -> None:
    """Ask of many ordinary cases at once what ``held_relations`` would ask of each: bars, seats, tickets. Three queries."""
    if not cases:
        return
    barred = excluded_among(member, {each.person_id for each in cases})
    subjects = [subject for each in cases for subject in (each.pk, each.person_id)]
    rows = TeamSeat.objects.filter(post_id=member.post_id, until__isnull=True, subject_id__in=subjects)
    seats = set(rows.values_list("subject_id", flat=True))
    tickets = set(
        Case.objects.filter(ticket_opens(member), pk__in=[c.pk for c in cases]).values_list("pk", flat=True)
    )
    key = (member.own_id, member.post_id)
    for each in cases:
        each.__dict__.setdefault("_barred", {})[key] = each.person_id in barred
        each.__dict__.setdefault("_ticket", {})[key] = each.pk in tickets
        each.__dict__.setdefault("_seated", {})[member.post_id] = bool({each.pk, each.person_id} & seats)


def _held_by_row(member: ActingMember, case: Case, wanted: frozenset[str]) -> list[str]:
    """The relations that the row of the case itself tells."""
    own = case.contact is not None and case.contact.post_id == member.post_id
    holds = {
        "holder": case.holder_id == member.post_id,
        "agency": case.agency_id == member.agency,
        "area": not member.areas or case.area_code in member.areas,
        "own": own,
    }
    return [relation for relation, so in holds.items() if so and relation in wanted]


def _has_seat(member: ActingMember, case: Case) -> bool:
    """Asked once per case row that was read: a page asks for a dozen buttons."""
    known: dict[UUID, bool] = case.__dict__.setdefault("_seated", {})
    if member.post_id not in known:
        known[member.post_id] = bool(_seats_on(member.post_id, [case.pk, case.person_id]))
    return known[member.post_id]


def not_barred(member: ActingMember, case: Case) -> Case:
    """Note on a case that came through the sight, which asked for exclusions, that they need not be asked again."""
    case.__dict__.setdefault("_barred", {})[member.own_id, member.post_id] = False
    return case


def _once(case: Case, name: str, member: ActingMember, ask: Callable[[], bool]) -> bool:
    """The same for what is asked of the member, not of the post alone."""
    known: dict[tuple[UUID, UUID], bool] = case.__dict__.setdefault(name, {})
    key = (member.own_id, member.post_id)
    if key not in known:
        known[key] = ask()
    return known[key]


@often
def _seats_on(post_id: UUID, subject_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of keys
    rows = TeamSeat.objects.filter(post_id=post_id, until__isnull=True, subject_id__in=subject_ids)
    return rows.values_list("pk", flat=True)[:1]


def _has_visit(member: ActingMember, case: Case) -> bool:
    return Visit.objects.filter(owner_id=member.post_id, case=case, done_at__isnull=True).exists()


def decide(member: ActingMember, case: Case, action: str = "case.view") -> Decision:
    """What the table says for this member, case and action, and which field groups it opens."""
    return permission_table().decide(member, action, held_relations(member, case, action), case.sensitivity)


def locked_case(
    by: ActingMember, case_id: UUID, action: str, *, seen: int | None = None, may_be_closed: bool = False
) -> Case:
    """The case, locked for this act.

    Args:
        seen: the ``revision`` that the writer saw; None skips the check.

    Raises:
        NotFound: missing, or hidden from this member.
        NotAllowed: seen, but not this action.
        ChangedMeanwhile: another officer was first.
        CaseClosed: nothing is added to a closed case.
    """
    found: list[Case] = _to_lock(by, case_id, table=permission_table())
    if not found:
        raise not_in_sight(by, Q(pk=case_id))
    case = not_barred(by, found[0])
    check_may(by, action, held_relations(by, case, action), case.sensitivity)
    if seen is not None and seen != case.revision:
        raise ChangedMeanwhile(who=last_mover(case))
    if case.closed_at is not None and not may_be_closed:
        raise CaseClosed
    return case


@often
def _to_lock(by: ActingMember, case_id: UUID, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of cases; the table is part of its shape
    rows = cases_in_sight(by).filter(pk=case_id)
    return rows.select_related("contact", "person").select_for_update(of=("self",))


def last_mover(case: Case) -> str:
    """Who moved the case last: name and post, for the sentence that says what changed."""
    rows = [
        model.objects.filter(case=case)
        .order_by("-pk")
        .values_list("pk", "member__name", "post__title")
        .first()
        for model in (StageEntry, CaseTurn)
    ]
    newest = max((row for row in rows if row), default=None)
    return ", ".join(part for part in newest[1:] if part) if newest else ""
