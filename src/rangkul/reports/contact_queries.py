"""Reads of contacts: a post's own, the inbox of Dinsos, one contact as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.guard import can
from rangkul.access.models import TeamSeat
from rangkul.access.queries import not_excluded, seat_exists
from rangkul.access.scope import scope
from rangkul.audit.recording import record
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city, permission_table
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, Decision
from rangkul.files.models import StoredFile
from rangkul.files.queries import files_about
from rangkul.people.models import Person
from rangkul.people.restriction import free
from rangkul.people.same import records_of
from rangkul.reports.models import Contact, Shift
from rangkul.reports.places import area_name, place_of
from rangkul.vault.often import often
from rangkul.vault.sealing import load_keys, unseal_json

LIST_LONGEST = 100
STORY_TO: Final = frozenset({"ppa_officer"})
"""Who reads what was seen at a contact with a sign of violence (practice.md S4)."""
TEAM_KEEPS: Final = frozenset({"facts", "rights", "ground"})
"""What everybody else keeps of such a contact: its own facts, not the story, not that it was violence."""
LIST_OF_AGENCY = 20
HAND_HOURS = 24
"""For how long after it was recorded a contact without a person counts as in hand."""


def contact_rows(member: ActingMember, action: str = "contact.view") -> Q:
    """The contacts on which this member may do the action, ordinary and protected each by its own rows of the table.

    ``own`` is what the member's post recorded; ``assigned`` what the gate or an outreach led to it.
    """
    # Asked per row by an index: lists of every seat and case of the post would grow with the register.
    held = Person.objects.filter(
        pk=OuterRef("person_id"),
        cases__holder_id=member.post_id,
        cases__closed_at__isnull=True,
        cases__sensitivity__in=("ordinary", "protected"),
    )
    filters = {
        "own": Q(post_id=member.post_id),
        "assigned": Q(seat_exists(member)),
        "team": Q(seat_exists(member, "person_id")),
        "holder": Q(Exists(held)),
        "area": Q(area_code__in=sorted(member.areas)),
        "agency": Q(post__agency_id=member.agency),
    }
    ordinary = Q(sensitivity="ordinary") & scope(member, action, filters)
    protected = Q(sensitivity="protected", restricted=False) & scope(member, action, filters, "protected")
    # Violence: whoever recorded it and whom the gate led it to, whatever else the table opens to a role (S4).
    near = {"own": filters["own"], "assigned": filters["assigned"]}
    narrow = near | {"city": filters["own"] | filters["assigned"]}
    restricted = Q(restricted=True) & scope(member, action, narrow, "protected")
    seen = (ordinary | protected | restricted) & (free(member) | Q(Exists(held)))
    return seen & not_excluded(member, "person_id")


def contacts_seen_by(member: ActingMember, action: str = "contact.view") -> QuerySet[Contact]:
    """Contacts on which this member may do the action, newest first; the base of every list."""
    rows = Contact.objects.filter(contact_rows(member, action))
    return rows.select_related("post", "person").order_by("-met_at", "-id")


def opened(contact: Contact) -> dict[str, Any]:
    """What stands sealed in a contact: gate, seen, rights, refusal, joint, not_same. Only for this package."""
    content: dict[str, Any] = unseal_json(contact.pk, f"reports_contact|sealed|{contact.pk}", contact.sealed)
    return content


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact in a list."""

    id: UUID
    met_at: datetime
    place: str
    sex: str
    age_low: int | None
    age_high: int | None
    decision: str
    label: str
    number: int | None
    post: str
    inbox: str
    inbox_since: datetime | None
    is_protected: bool
    is_restricted: bool
    has_person: bool
    next_visit_on: Any
    gate: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactDetail:
    """One contact as this member may see it; what the table does not open is absent (None or empty)."""

    line: ContactLine
    revision: int
    area: str
    trigger: str
    category: str
    report_id: UUID | None
    ground: str | None
    voluntary: str | None
    gate: tuple[str, ...] | None
    rights: dict[str, Any] | None
    refusal: dict[str, Any] | None
    joint: dict[str, Any] | None
    seen: dict[str, str] | None
    photos: list[StoredFile]
    person_code: str
    clocks: list[Deadline]
    posts_told: list[str]
    may: frozenset[str] = field(default=frozenset())


def line_of(contact: Contact, *, gate: tuple[str, ...] = (), label: str = "") -> ContactLine:
    """One contact as a list shows it."""
    return ContactLine(
        id=contact.pk,
        met_at=contact.met_at,
        place=place_of(contact),
        sex=contact.sex,
        age_low=contact.age_low,
        age_high=contact.age_high,
        decision=contact.decision,
        label=label,
        number=contact.number,
        post=contact.post.title,
        inbox=contact.inbox,
        inbox_since=contact.inbox_since,
        is_protected=contact.sensitivity != "ordinary",
        is_restricted=contact.restricted,
        has_person=contact.person_id is not None,
        next_visit_on=contact.next_visit_on,
        gate=gate,
    )


def own_contacts(member: ActingMember) -> list[ContactLine]:
    """What the member's post recorded, newest first.

    Enforcement reads the street label that it gave itself, never a name found later.
    """
    rows = contacts_seen_by(member).filter(post_id=member.post_id)[:LIST_LONGEST]
    return [line_of(each, label=label_for(member, each)) for each in rows]


def contacts_of_agency(member: ActingMember) -> list[ContactLine]:
    """The newest contacts of other posts of the member's agency, as far as it may see them; by time and place, unnamed."""
    rows = contacts_seen_by(member).filter(post__agency_id=member.agency).exclude(post_id=member.post_id)
    return [line_of(each) for each in rows[:LIST_OF_AGENCY]]


def label_for(member: ActingMember, contact: Contact) -> str:
    """What this member may call the person: enforcement reads the street label that its own post gave, never a name."""
    person = contact.person
    if person is None:
        return ""
    if not is_enforcement(member):
        return person.label
    return person.street_label if person.registered_by_id == member.post_id else ""


def is_enforcement(member: ActingMember) -> bool:
    """Does the member act for police, army, Satpol PP or trantib?"""
    role = city().roles.get(member.role)
    return bool(role and role.enforcement)


def contact_inbox(member: ActingMember, *, at: datetime | None = None) -> list[ContactLine]:
    """Contacts that wait for Dinsos: those with a yes at the gate first, then oldest first; one event for the look."""
    rows = list(
        contacts_seen_by(member, "contact.take")
        .filter(inbox="waiting")
        .order_by("inbox_since")[:LIST_LONGEST]
    )
    load_keys([each.pk for each in rows])
    held = _relations(member, rows)
    lines = []
    for each in rows:
        decision = _decision(member, each, held[each.pk])
        gate = tuple(opened(each).get("gate", ())) if decision.opens("gate") else ()
        label = label_for(member, each) if decision.opens("label") else ""
        lines.append(line_of(each, gate=gate, label=label))
    if at is not None and any(line.gate for line in lines):
        with transaction.atomic():
            record("contact.looked", by=member, at=at, kind="list", subject_id=None, sensitivity="protected")
    return sorted(lines, key=lambda line: not line.gate)


def held_with(member: ActingMember, contact: Contact) -> tuple[str, ...]:
    """The relations between a member and a contact (the twin of ``contact_rows`` for one row)."""
    return _relations(member, [contact])[contact.pk]


@often
def _seats(post_id: UUID, subjects: list[UUID]) -> Any:  # noqa: ANN401 - a query set of keys
    rows = TeamSeat.objects.filter(post_id=post_id, until__isnull=True, subject_id__in=subjects)
    return rows.values_list("subject_id", flat=True)


def _relations(member: ActingMember, contacts: Sequence[Contact]) -> dict[UUID, tuple[str, ...]]:
    """The relations of each contact; two queries whatever their number."""
    persons = {each.person_id for each in contacts if each.person_id}
    seats = set(_seats(member.post_id, [*(each.pk for each in contacts), *persons])) if contacts else set()
    held: set[UUID] = set()
    if persons:
        held.update(
            Person.objects.filter(
                pk__in=persons,
                cases__holder_id=member.post_id,
                cases__closed_at__isnull=True,
                cases__sensitivity__in=("ordinary", "protected"),
            ).values_list("pk", flat=True)
        )

    def of(contact: Contact) -> tuple[str, ...]:
        found = {
            "own": contact.post_id == member.post_id,
            "assigned": contact.pk in seats,
            "holder": contact.person_id in held,
            "team": contact.person_id in seats,
            "area": contact.area_code in member.areas,
            "agency": contact.post.agency_id == member.agency,
        }
        return tuple(name for name, holds in found.items() if holds)

    return {each.pk: of(each) for each in contacts}


def _decision(member: ActingMember, contact: Contact, held: tuple[str, ...]) -> Decision:
    found = permission_table().decide(member, "contact.view", held, contact.sensitivity)
    if contact.restricted and member.role not in STORY_TO:
        return replace(found, fields=found.fields & TEAM_KEEPS)
    return found


def contact_detail(member: ActingMember, contact_id: UUID, *, at: datetime) -> ContactDetail:
    """One contact; what stands sealed is opened after its look was recorded.

    Raises:
        NotFound: missing or hidden.
    """
    contact = contacts_seen_by(member).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound
    held = held_with(member, contact)
    decision = _decision(member, contact, held)
    opens = decision.opens
    with transaction.atomic():
        record(
            "contact.looked",
            by=member,
            at=at,
            kind="contact",
            subject_id=contact.pk,
            sensitivity=contact.sensitivity,
            relation=decision.relation,
        )
    content = opened(contact)
    told = TeamSeat.objects.filter(subject_id=contact.pk, until__isnull=True).select_related("post")
    enforcement = is_enforcement(member)
    return ContactDetail(
        line=line_of(contact, label=label_for(member, contact) if opens("label") else ""),
        revision=contact.revision,
        area=area_name(contact),
        trigger=contact.trigger,
        category=contact.category,
        report_id=contact.report_id,
        ground=contact.ground if opens("ground") else None,
        voluntary=contact.voluntary if opens("rights") else None,
        gate=tuple(content.get("gate", ())) if opens("gate") else None,
        rights=content.get("rights") if opens("rights") else None,
        refusal=content.get("refusal") if opens("words") or opens("facts") else None,
        joint=content.get("joint") if opens("ground") else None,
        seen=content.get("seen") if opens("words") else None,
        photos=files_about([contact.pk]) if opens("photo") else [],
        person_code=contact.person.code if contact.person and not enforcement else "",
        clocks=list(_clocks(member, contact)),
        posts_told=[each.post.title for each in told],
        may=_buttons(member, contact, held),
    )


def _clocks(member: ActingMember, contact: Contact) -> Iterable[Deadline]:
    """Running clocks of the contact: all for the care side, its own for the rest."""
    rows = Deadline.objects.filter(subject_id=contact.pk, met_at__isnull=True, dropped_at__isnull=True)
    if not can(member, "contact.take", held_with(member, contact), contact.sensitivity):
        rows = rows.filter(owner_post_id=member.post_id)
    return rows.order_by("due_at")


def _buttons(member: ActingMember, contact: Contact, held: tuple[str, ...]) -> frozenset[str]:
    found = set()
    takes = can(member, "contact.take", held, contact.sensitivity)
    met = city().decisions[contact.decision].met if contact.decision in city().decisions else True
    if contact.person_id is None and met and may_identify(member, contact, held):
        found.add("identify")
    if takes and contact.inbox == "waiting":
        found.add("note")
    if takes and can(member, "case.open", ("agency",)):
        found.add("open_case")
    if can(member, "case.open_sealed", held, contact.sensitivity):
        found.add("open_sealed")
    return frozenset(found)


def may_identify(member: ActingMember, contact: Contact, held: tuple[str, ...]) -> bool:
    """Whoever met the person, or the desk that takes the contact, says who it is.

    Of a restricted one nobody here: its sealed case says it.
    """
    if contact.restricted:
        return False
    return "own" in held or can(member, "contact.take", held, contact.sensitivity)


def is_assigned(contact: Contact) -> bool:
    """The team had a report to go to, or was on duty when it met the person (design §1.7)."""
    if contact.report is not None and contact.report.team_id == contact.post_id:
        return True
    return Shift.objects.filter(
        post_id=contact.post_id, starts_at__lte=contact.met_at, ends_at__gt=contact.met_at
    ).exists()


def is_in_hand(contact: Contact, at: datetime) -> bool:
    """Nobody said yet who it is, and it was recorded less than a day ago."""
    return contact.person_id is None and at - contact.recorded_at <= timedelta(hours=HAND_HOURS)


def is_located(contact: Contact) -> bool:
    """A kelurahan or a regency stands on it."""
    return bool(contact.area_code or contact.outside_code)


def refusals_of(person_id: UUID) -> int:
    """How often this person declined help."""
    declined = [code for code, row in city().decisions.items() if row.refusal]
    return Contact.objects.filter(person__in=records_of(person_id), decision__in=declined).count()
