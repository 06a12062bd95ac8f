"""Reads of hand-overs: what waits for a post, what stands on a case or contact, one hand-over as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rangkul.access.guard import can
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import cases_in_sight
from rangkul.cases.sight import held_relations as case_relations
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import PostHolding
from rangkul.directory.queries import posts_acting_for
from rangkul.domain.errors import NotFound
from rangkul.domain.hand_overs import ANSWER_CLOCK, NOTE_GROUPS
from rangkul.domain.policy import ActingMember, Decision, PermissionTable
from rangkul.people.same import records_of
from rangkul.referrals.belonging_actions import relations_to, things_kept
from rangkul.referrals.custody import Custody, custodian_of
from rangkul.referrals.hand_over_content import opened_answer, opened_offer, opened_thing, subject_of
from rangkul.referrals.hand_over_sight import (
    ABOUT_ROWS,
    LINE_COLUMNS,
    LINE_ROWS,
    decide,
    hand_overs_in_sight,
    held_relations,
    seats_on,
    sensitivity_of,
)
from rangkul.referrals.known import known_of_case
from rangkul.referrals.models import Belonging, HandedItem, HandOver, OutsideAcceptance
from rangkul.referrals.takers import takers
from rangkul.reports.contact_queries import contacts_seen_by, is_enforcement, label_for
from rangkul.reports.models import Contact
from rangkul.vault.often import often
from rangkul.vault.sealing import load_keys

LONGEST: Final = 100
REFUSED_DAYS: Final = 14


def answer_limit() -> timedelta:
    """How long an answer may take: the city's clock."""
    clock = city().clocks.get(ANSWER_CLOCK)
    return timedelta(minutes=clock.amount if clock else 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverLine:
    """A hand-over in a list or banner. ``label`` is what this member may call the person, or empty."""

    id: UUID
    state: str
    label: str
    has_name: bool
    sex: str
    age: tuple[int | None, int | None]
    case_code: str
    contact_id: UUID | None
    giver: str
    taker: str
    offered_at: datetime
    due_at: datetime
    answered_at: datetime | None
    answered_by: str
    way: str
    reason: str
    reason_code: str
    next_body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A belonging; ``present`` None: nobody looked yet."""

    id: UUID
    words: str
    present: bool | None = None
    outcome: str = ""
    settled_at: datetime | None = None
    may_settle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverDetail:
    """One hand-over as this member may see it; what the table does not open is absent."""

    line: HandOverLine
    giver_person: str
    taker_person: str
    taker_agency: str
    giver_agency: str
    sensitivity: str
    is_about_case: bool
    stays_on: bool
    notes: list[tuple[str, str]]
    documents: list[str] | None
    things: list[Thing] | None
    answer_words: str
    absent_words: str
    witnesses: list[str]
    may_answer: bool
    may_withdraw: bool
    is_giver: bool
    case_opens: bool
    holds_person: bool


def _line(member: ActingMember, row: HandOver, *, opens_label: bool) -> HandOverLine:
    person = row.case.person if row.case is not None else row.contact.person if row.contact else None
    label = ""
    if opens_label:
        label = label_for(member, row.contact) if row.contact is not None else person.label if person else ""
    return HandOverLine(
        id=row.pk,
        state=row.state,
        label=label,
        has_name=bool(label and person and person.has_name and not person.is_minor),
        sex=(row.contact.sex if row.contact is not None else person.sex if person else "?")
        if opens_label
        else "?",
        age=(row.contact.age_low, row.contact.age_high) if row.contact is not None else (None, None),
        case_code=row.case.code if row.case is not None else "",
        contact_id=row.contact_id,
        giver=row.giver.title,
        taker=row.taker.title,
        offered_at=row.offered_at,
        due_at=row.offered_at + answer_limit(),
        answered_at=row.answered_at,
        answered_by=row.answered_post.title if row.answered_post else "",
        way=row.way,
        reason=reason_words(row.reason, member.language),
        reason_code=row.reason,
        next_body=row.next_post.title if row.next_post else "",
    )


def reason_words(code: str, language: str) -> str:
    """Why it was refused."""
    found = next((each for each in city().choices_of("hand_over_refusal") if each.code == code), None)
    return found.named(language) if found else code


def refusal_choices(language: str, but: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The reasons a receiver may give."""
    left_out = set(but)
    return [
        (row.code, row.named(language))
        for row in city().choices_of("hand_over_refusal")
        if row.code not in left_out
    ]


@dataclass(frozen=True, slots=True)
class TakerChoice:
    """A post that can be asked; ``hint`` is its agency, and that it is vacant when it is."""

    id: UUID
    title: str
    hint: str
    role: str


def taker_choices(
    member: ActingMember, sensitivity: str, *, of_case: bool, but: UUID | None = None
) -> list[TakerChoice]:
    """Posts that can be asked, social workers first; a vacant one says so, because the post above it answers."""
    held = set(PostHolding.objects.filter(until__isnull=True).values_list("post_id", flat=True))
    rows = sorted(
        takers(sensitivity, of_case=of_case),
        key=lambda post: (post.role != "social_worker", post.pk not in held, post.agency_id, post.code),
    )
    english = member.language == "en"
    return [
        TakerChoice(
            post.pk,
            (post.title_en if english else "") or post.title,
            post.agency.name if post.pk in held else _("jabatan kosong, dijawab atasannya"),
            post.role,
        )
        for post in rows
        if post.pk != but
    ]


# --- lists


@dataclass(frozen=True, slots=True)
class ToDo:
    """What hand-overs ask of a post: to answer, and what it offered and waits for or must decide anew."""

    waiting: list[HandOverLine]
    offered: list[HandOverLine]


def to_do(member: ActingMember, now: datetime, acting: frozenset[UUID] | None = None) -> ToDo:
    """What the member's post (or a vacant post below it) is asked to take, and what it offered; one query.

    Of what it offered: what is not answered, and what was refused and not offered anew since.

    Args:
        acting: the posts the member answers for, when the caller knows them.
    """
    acting = acting or posts_acting_for(member)
    since = now - timedelta(days=REFUSED_DAYS)
    rows: list[HandOver] = _to_do(member, sorted(acting), since, table=permission_table())
    asked = [row for row in rows if row.state == "waiting" and row.taker_id in acting]
    given = [row for row in rows if row.giver_id in acting]
    passed = _passed_on(given)
    offered = [row for row in given if row.state == "waiting" or _still_mine(row, passed)]
    lines = dict(zip(rows, _seen(member, rows, acting), strict=True)) if rows else {}
    return ToDo([lines[row] for row in asked], [lines[row] for row in offered])


@often
def _to_do(
    member: ActingMember,
    acting: list[UUID],
    since: datetime,
    *,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of hand-overs
    later = HandOver.objects.filter(pk__gt=OuterRef("pk"))
    offered_anew = Exists(later.filter(Q(case_id=OuterRef("case_id")) | Q(contact_id=OuterRef("contact_id"))))
    mine = Q(giver_id__in=acting)
    rows = hand_overs_in_sight(member, frozenset(acting)).filter(
        Q(state="waiting") & (mine | Q(taker_id__in=acting))
        | Q(state="refused", answered_at__gte=since) & mine & ~offered_anew
    )
    rows = rows.select_related(*LINE_ROWS).only(*LINE_COLUMNS)
    return rows.order_by("offered_at", "pk")[:LONGEST]


def seen_lines(member: ActingMember, rows: QuerySet[HandOver]) -> list[HandOverLine]:
    """Hand-overs of a scoped query as lines, in its order."""
    return _seen(member, rows.select_related(*LINE_ROWS), posts_acting_for(member))


def _seen(member: ActingMember, rows: Iterable[HandOver], acting: frozenset[UUID]) -> list[HandOverLine]:
    found = list(rows)
    seats = seats_on(member, found)
    decisions = ((row, decide(member, row, held_relations(member, row, acting, seats))) for row in found)
    return [_line(member, row, opens_label=decision.opens("label")) for row, decision in decisions]


def _passed_on(rows: Iterable[HandOver]) -> dict[UUID, UUID]:
    """Of the contacts of refused offers: contact -> who accepted last; one query, none without such an offer."""
    contacts = [row.contact_id for row in rows if row.state != "waiting" and row.contact_id is not None]
    return dict(_accepted(contacts)) if contacts else {}


@often
def _accepted(contacts: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    rows = HandOver.objects.filter(contact_id__in=contacts, state="accepted", answered_at__isnull=False)
    return rows.order_by("answered_at", "pk").values_list("contact_id", "taker_id")


def _still_mine(row: HandOver, passed: dict[UUID, UUID]) -> bool:
    if row.case is not None:
        return row.case.holder_id == row.giver_id
    return row.contact is not None and passed.get(row.contact.pk, row.contact.post_id) == row.giver_id


# --- on a case, on a contact


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCase:
    """What the case page says of hand-overs. ``taken_by``: the one by which this member's post came to hold it."""

    waiting: HandOverLine | None
    refused: HandOverLine | None
    may_offer: bool
    opens: bool
    kept: int
    may_settle: bool
    taken_by: UUID | None


def on_case(member: ActingMember, case: Case) -> OnCase:
    """The waiting hand-over, the last one when it was refused, and whether this member may offer one."""
    known = known_of_case(case.pk)
    rows: list[HandOver] = _of_case(case.pk) if known.hand_overs else []
    last = rows[-1] if rows else None
    holds = case.holder_id == member.post_id or case.holder_id in posts_acting_for(member)
    kept = things_kept(case.person_id).count() if known.things else 0
    seats = case_relations(member, case, "belonging.return") if kept else ()
    line = _line(member, last, opens_label=False) if last else None
    refused = last is not None and last.state == "refused" and last.giver_id == case.holder_id
    taken = [row.pk for row in rows if row.state == "accepted" and row.taker_id == case.holder_id]
    return OnCase(
        waiting=line if line and line.state == "waiting" else None,
        refused=line if refused else None,
        may_offer=case.closed_at is None
        and can(member, "hand_over.offer", ("holder",) if holds else (), case.sensitivity),
        opens=last is not None and hand_overs_in_sight(member).filter(pk=last.pk).exists(),
        kept=kept,
        may_settle=bool(kept) and can(member, "belonging.return", seats, case.sensitivity),
        taken_by=taken[-1] if taken and holds else None,
    )


@often
def _of_case(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of hand-overs
    rows = HandOver.objects.filter(case_id=case_id).select_related(*LINE_ROWS)
    return rows.order_by("offered_at", "pk")


def outside_acceptances(case_id: UUID) -> list[tuple[str, str, datetime, UUID | None]]:
    """Body, letter number, when, file; the caller has scoped the case."""
    rows = OutsideAcceptance.objects.filter(case_id=case_id)
    return list(rows.values_list("body", "letter_number", "accepted_at", "file_id"))


def note_groups(member: ActingMember) -> tuple[str, ...]:
    """Which parts of what must be known this member is asked to write: those that its role works with."""
    if is_enforcement(member):
        return ("facts",)
    decision = permission_table().decide(member, "hand_over.view", ("own",))
    return tuple(NOTE_GROUPS) if decision.opens("plan") else ("facts", "stay", "health")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnContact:
    """What the contact page says: who has the person, what waits, what passed."""

    now_with: Custody
    waiting: HandOverLine | None
    refused: HandOverLine | None
    passed: list[HandOverLine]
    may_offer: bool
    opens: bool
    sensitivity: str
    decision: str
    contact_opens: bool


def on_contact(member: ActingMember, contact_id: UUID) -> OnContact | None:
    """Custody of a contact's person; None when nobody was met, or nobody was brought anywhere."""
    in_sight = contacts_seen_by(member).filter(pk=contact_id).first()
    contact = (
        in_sight
        or Contact.objects.filter(
            pk__in=hand_overs_in_sight(member).filter(contact_id=contact_id).values("contact_id")
        )
        .select_related("post", "person")
        .first()
    )
    if contact is None:
        raise NotFound
    decision = city().decisions.get(contact.decision)
    rows = list(
        HandOver.objects.filter(contact=contact).select_related(*LINE_ROWS).order_by("offered_at", "pk")
    )
    if not rows and not (decision and decision.met and decision.to_inbox):
        return None
    keeper = custodian_of(contact)
    acting = posts_acting_for(member)
    held = () if keeper.post_id not in acting else ("own",) if contact.post_id in acting else ("assigned",)
    lines = [_line(member, row, opens_label=False) for row in rows]
    last = lines[-1] if lines else None
    return OnContact(
        now_with=keeper,
        waiting=last if last and last.state == "waiting" else None,
        refused=last if last and last.state == "refused" else None,
        passed=[line for line in lines if line.state == "accepted"],
        may_offer=bool(held) and can(member, "hand_over.offer", held, contact.sensitivity),
        opens=bool(rows) and hand_overs_in_sight(member).filter(pk=rows[-1].pk).exists(),
        sensitivity=contact.sensitivity,
        decision=contact.decision,
        contact_opens=in_sight is not None,
    )


# --- one hand-over


def hand_over_detail(member: ActingMember, hand_over_id: UUID, *, at: datetime) -> HandOverDetail:
    """One hand-over; what stands sealed is opened after the look was recorded.

    Raises:
        NotFound: missing or hidden.
    """
    row = (
        hand_overs_in_sight(member)
        .filter(pk=hand_over_id)
        .select_related(*ABOUT_ROWS, "answered_post", "giver_member", "answered_by")
        .first()
    )
    if row is None:
        raise NotFound
    held = held_relations(member, row)
    decision = decide(member, row, held)
    content, answer = _opened(member, row, decision, at)
    acting = posts_acting_for(member)
    guarded = sensitivity_of(row)
    waits = row.state == "waiting"
    may_answer = waits and row.taker_id in acting and can(member, "hand_over.answer", ("assigned",), guarded)
    giver_held = ("holder", "own", "assigned") if row.giver_id in acting else ()
    opens_facts = decision.opens("facts")
    return HandOverDetail(
        line=_line(member, row, opens_label=decision.opens("label")),
        giver_person=row.giver_member.name if row.giver_member else "",
        taker_person=row.answered_by.name if row.state == "accepted" and row.answered_by else "",
        giver_agency=row.giver.agency.name,
        taker_agency=row.taker.agency.name,
        sensitivity=guarded,
        is_about_case=row.case_id is not None,
        stays_on=row.stays_on,
        notes=[(group, words) for group, words in content.get("notes", {}).items() if decision.opens(group)],
        documents=content.get("documents", []) if opens_facts else None,
        things=_things(row) if opens_facts else None,
        answer_words=answer.get("words", ""),
        absent_words=answer.get("absent", "") if opens_facts else "",
        witnesses=answer.get("witnesses", []),
        may_answer=may_answer,
        may_withdraw=waits and bool(giver_held) and can(member, "hand_over.offer", giver_held, guarded),
        is_giver=row.giver_id in acting,
        case_opens=row.case is not None and cases_in_sight(member).filter(pk=row.case.pk).exists(),
        holds_person=row.contact is not None and custodian_of(row.contact).post_id in acting,
    )


def _opened(
    member: ActingMember, row: HandOver, decision: Decision, at: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    groups = [group for group in NOTE_GROUPS if decision.opens(group)]
    if not groups:
        return {}, {}
    with transaction.atomic():
        record(
            "hand_over.looked",
            by=member,
            at=at,
            kind="hand_over",
            subject_id=row.pk,
            sealed_under=subject_of(row),
            sensitivity=sensitivity_of(row),
            relation=decision.relation,
            detail={"groups": groups},
        )
    return opened_offer(row), opened_answer(row)


def _things(row: HandOver) -> list[Thing]:
    items = HandedItem.objects.filter(hand_over=row).select_related("belonging__case", "belonging__contact")
    return [
        Thing(
            id=item.belonging_id,
            words=opened_thing(item.belonging),
            present=item.present,
            outcome=item.belonging.outcome,
            settled_at=item.belonging.settled_at,
        )
        for item in items.order_by("belonging__listed_at", "belonging_id")
    ]


# --- belongings


def belongings_of(member: ActingMember, person_id: UUID, *, at: datetime) -> list[Thing]:
    """Every thing of a person that this member may give back or see given back; kept ones first."""
    records = records_of(person_id)
    rows = Belonging.objects.filter(Q(case__person__in=records) | Q(contact__person__in=records))
    return _opened_things(member, rows, person_id, at)


def belongings_of_hand_over(member: ActingMember, hand_over_id: UUID, *, at: datetime) -> list[Thing]:
    """The things that passed with a hand-over.

    Raises:
        NotFound: no such hand-over, or hidden.
    """
    row = hand_overs_in_sight(member).filter(pk=hand_over_id).select_related(*ABOUT_ROWS).first()
    if row is None:
        raise NotFound
    return _opened_things(member, Belonging.objects.filter(handed__hand_over=row), subject_of(row), at)


def things_to_pass(
    member: ActingMember, *, at: datetime, case_id: UUID | None = None, contact_id: UUID | None = None
) -> list[Thing]:
    """What is kept now and goes along with the next hand-over, for its sender."""
    case = Case.objects.filter(pk=case_id).first() if case_id else None
    contact = Contact.objects.filter(pk=contact_id).first() if contact_id else None
    person_id = case.person_id if case else contact.person_id if contact else None
    subject = person_id or contact_id
    if subject is None:
        return []
    return _opened_things(member, things_kept(person_id, contact_id), subject, at)


def _opened_things(
    member: ActingMember, rows: QuerySet[Belonging], subject: UUID, at: datetime
) -> list[Thing]:
    """The things that this member may see, opened after the look was recorded; kept ones first."""
    known = rows.select_related("case", "contact").order_by("listed_at", "pk")
    found = [
        row for row in known if can(member, "belonging.return", relations_to(member, row), _guarded(row))
    ]
    if not found:
        return []
    with transaction.atomic():
        record(
            "hand_over.looked",
            by=member,
            at=at,
            kind="belongings",
            subject_id=subject,
            sealed_under=subject,
            detail={"belongings": len(found)},
        )
    load_keys([subject_of(row) for row in found])
    things = [
        Thing(
            id=row.pk,
            words=opened_thing(row),
            outcome=row.outcome,
            settled_at=row.settled_at,
            may_settle=row.settled_at is None,
        )
        for row in found
    ]
    return sorted(things, key=lambda thing: thing.settled_at is not None)


def _guarded(row: Belonging) -> str:
    return row.case.sensitivity if row.case is not None else row.contact.sensitivity  # type: ignore[union-attr]


def kept_count(person_id: UUID) -> int:
    """How many things of a person agencies still keep; the caller has scoped the person."""
    return things_kept(person_id).count()
