"""Writes of contacts: a team met a person, and what follows (practice.md F4, F16, S2, S12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from rangkul.access.actions import give_seat
from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import Post
from rangkul.directory.queries import posts_with_role
from rangkul.domain import reports as rules
from rangkul.domain.age import OLDEST, UNKNOWN_BAND, AgeRange, from_band
from rangkul.domain.citydata import Decision
from rangkul.domain.contacts import (
    REFUSALS_FOR_OUTREACH,
    ContactDraft,
    ContactOutcome,
    JointDecision,
    RefusalRecord,
    RightsRecord,
    check_contact,
)
from rangkul.domain.errors import N_, BadInput, ChangedMeanwhile, Conflict, NotFound
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.domain.safety_gate import GateAnswers
from rangkul.domain.wib import wib_date
from rangkul.people.same import records_of
from rangkul.reports.actions import locked_report, take_step
from rangkul.reports.contact_queries import contact_rows, held_with, may_identify, opened, refusals_of
from rangkul.reports.models import Contact, Report
from rangkul.reports.photos import keep_photo
from rangkul.vault.often import often
from rangkul.vault.rows import add, change
from rangkul.vault.sealing import make_key, seal_json

LATEST_ENTRY_DAYS: Final = 31
VOLUNTARY: Final = ("yes", "no", "unknown")
"""*Unknown* is a full answer (nobody can ask a man who lies unconscious) and is treated as *no*."""
SEEN: Final = {
    "name": 120,
    "alias": 120,
    "mark": 120,
    "clothes": 80,
    "origin": 120,
    "words": rules.WORDS_LONGEST,
    "adult_name": 80,
    "adult_sex": 1,
    "adult_claim": 24,
    "plate": 16,
}
"""What may be written about somebody met, each with its longest length. All of it may stay empty."""
_AWAY: Final = 200


class MetInFuture(BadInput):
    """A contact lies in the past."""

    code = "met_in_future"
    says = N_("Waktu bertemu belum terjadi. Periksa tanggal dan jamnya.")


class MetTooLongAgo(BadInput):
    """So old a contact is history, not work of today."""

    code = "met_too_long_ago"
    says = N_("Kontak lebih dari {days} hari lalu tidak dicatat di sini. Periksa tahunnya.")


class VoluntaryNotSaid(BadInput):
    """Nobody says it by default."""

    code = "voluntary_not_said"
    says = N_("Jawab: ikut dengan sukarela, tidak, atau belum tahu.")


class GroundNeedsWillingness(BadInput):
    """Brought along unwillingly, or not known to be willing, on a ground that does not carry it."""

    code = "ground_carries_no_force"
    says = N_("Dasar ini hanya cukup bila orangnya jelas mau dibawa. Pilih dasar lain atau keputusan lain.")


class PhotoNotHere(BadInput):
    """No photo of somebody who may be a victim of violence."""

    code = "photo_not_here"
    says = N_("Untuk keadaan ini foto tidak diambil. Hapus fotonya, lalu simpan lagi; isian lain tetap ada.")


class AlreadyLinked(Conflict):
    """Somebody said already who it is."""

    code = "contact_already_linked"
    says = N_("Kontak ini sudah dihubungkan dengan orangnya.")


class NotWaiting(Conflict):
    """The contact is not in the inbox any more."""

    code = "contact_not_waiting"
    says = N_("Kontak ini sudah diambil atau dicatat petugas lain.")


@dataclass(frozen=True, slots=True)
class ContactInput:
    """A contact as typed. Texts may be anything; the action reads them.

    ``screening`` holds what a protocol that is on asked (``domain.protocols``); it is kept by the protocols above.

    ``gate`` holds the codes touched, and ``none`` for *tidak ada satu pun*; empty means not answered.
    ``age`` is a band of ``domain.age`` or ``?``.
    """

    decision: str
    sex: str = ""
    age: str = ""
    area_code: str = ""
    outside_code: str = ""
    place_words: str = ""
    latitude: str = ""
    longitude: str = ""
    category: str = ""
    ground: str = ""
    voluntary: str = ""
    gate: tuple[str, ...] = ()
    trigger: str = "patroli"
    report_id: UUID | None = None
    met_at: datetime | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    rights: Mapping[str, bool | None] = field(default_factory=dict)
    force_words: str = ""
    offered: tuple[str, ...] = ()
    refusal_reason: str = ""
    leaflet_given: bool = False
    next_visit_on: date | None = None
    supervisor: str = ""
    health_worker: str = ""
    joint_ground: str = ""
    photo: bytes | None = None
    screening: Mapping[str, str] = field(default_factory=dict)


@act("contact.record")
def record_contact(new: ContactInput, *, by: ActingMember, at: datetime) -> Contact:
    """Record that a team met somebody (or that nobody was there), with all that follows from it.

    What follows: the clocks and posts of the safety gate, the inbox of Dinsos, the visit promised after a
    refusal, and the step of the report. Who it was is said afterwards (``who_actions``).

    Raises:
        BadInput: with the field that must be completed; nothing was written.
        NotFound, NotAllowed: the report is not this member's, or the post records no contacts.
    """
    check_may(by, "contact.record", ("own",))
    met_at = _met_at(new, at)
    draft = _draft(new, wib_date(met_at))
    grounds = {each.code for each in city().grounds_in_force(draft.on)}
    outcome = check_contact(draft, city().decisions, city().gate, grounds)
    decision = city().decisions[new.decision]
    if decision.met:
        _check_voluntary(new, decision)
    report = locked_report(by, new.report_id, "report.step") if new.report_id else None
    contact = _row(new, draft, outcome, decision, by=by, met_at=met_at, at=at)
    contact.report = report
    check_may(by, "contact.record", ("own",), contact.sensitivity)
    if new.photo and not outcome.route.asks_details:
        raise PhotoNotHere(field="photo")
    make_key(contact.pk, "contact")
    keep_content(contact, _content(new, draft, outcome))
    add(contact)
    if new.photo:
        keep_photo(
            new.photo,
            about_kind="contact",
            about_id=contact.pk,
            sensitivity=contact.sensitivity,
            by=by,
            at=at,
        )
    if report is not None:
        _answer_report(report, decision, by=by, at=at)
    _tell(contact, draft, outcome, new.screening, by=by, at=at)
    return contact


def _met_at(new: ContactInput, at: datetime) -> datetime:
    met_at = new.met_at or at
    if met_at > at + timedelta(minutes=5):
        raise MetInFuture(field="met_at")
    if at - met_at > timedelta(days=LATEST_ENTRY_DAYS):
        raise MetTooLongAgo(field="met_at", days=LATEST_ENTRY_DAYS)
    return min(met_at, at)


def _age(band: str, on: date) -> tuple[AgeRange | None, bool]:
    if band == UNKNOWN_BAND:
        return None, True
    try:
        return from_band(band, on), False
    except KeyError:
        return None, False


def _draft(new: ContactInput, on: date) -> ContactDraft:
    age, unknown = _age(new.age, on)
    place = ""
    areas = city().areas
    if new.outside_code in areas and areas[new.outside_code].is_outside:
        place = new.outside_code
    elif new.area_code in areas and areas[new.area_code].level == "kelurahan":
        place = new.area_code
    touched = frozenset(new.gate)
    answers = GateAnswers(touched - {"none"}, "none" in touched) if touched else None
    joint = JointDecision(
        rules.plain_words(new.supervisor, field="supervisor", longest=120),
        rules.plain_words(new.health_worker, field="health_worker", longest=120),
        rules.plain_words(new.joint_ground, field="joint_ground", longest=500),
    )
    return ContactDraft(
        on=on,
        decision=new.decision,
        sex=new.sex,
        age=age,
        age_unknown=unknown,
        place=place,
        ground=new.ground,
        gate=answers,
        rights=_rights(new),
        refusal=_refusal(new),
        joint_decision=joint if joint.is_complete else None,
    )


def _rights(new: ContactInput) -> RightsRecord:
    answers = {name: new.rights.get(name) for name in RIGHTS}
    return RightsRecord(
        force_words=rules.plain_words(new.force_words, field="force_words", longest=500),
        **answers,
    )


RIGHTS: Final = (
    "told_reason",
    "force_used",
    "belongings_listed",
    "companion_called",
    "complaint_channel_told",
    "apart_from_adults",
)
"""The yes-or-no questions of the rights record that the form asks; *voluntary* is asked of every contact."""


def _refusal(new: ContactInput) -> RefusalRecord:
    known = {each.code for each in city().choices_of("offered")}
    return RefusalRecord(
        offered=tuple(code for code in new.offered if code in known),
        leaflet_given=new.leaflet_given,
        next_visit_on=new.next_visit_on,
    )


def _check_voluntary(new: ContactInput, decision: Decision) -> None:
    if new.voluntary not in VOLUNTARY:
        raise VoluntaryNotSaid(field="voluntary")
    if decision.transported and new.voluntary != "yes" and not city().ground(new.ground).transport:
        raise GroundNeedsWillingness(field="ground")


def _row(  # noqa: PLR0913 - a row of many columns
    new: ContactInput,
    draft: ContactDraft,
    outcome: ContactOutcome,
    decision: Decision,
    *,
    by: ActingMember,
    met_at: datetime,
    at: datetime,
) -> Contact:
    categories = city().street_categories
    if new.category and new.category not in categories:
        raise BadInput(field="category")
    if new.trigger not in {each.code for each in city().choices_of("channel")}:
        raise BadInput(field="trigger")
    outside = bool(draft.place) and city().areas[draft.place].is_outside
    minor = draft.age is not None and draft.age.is_minor
    shielded = bool(new.category) and categories[new.category].is_protected
    latitude, longitude = _coordinates(new)
    sealed = outcome.route.is_sealed
    # A victim of violence stands in no inbox of others: the gate's own posts are told, with a clock (S4).
    waits = not sealed and (decision.to_inbox or bool(outcome.route.yes))
    return Contact(
        id=uuid7(),
        post_id=by.post_id,
        member_id=by.id,
        trigger="laporan_warga" if new.report_id and new.trigger == "patroli" else new.trigger,
        met_at=met_at,
        recorded_at=at,
        area_code="" if outside else draft.place,
        outside_code=draft.place if outside else "",
        place_words=rules.plain_words(new.place_words, field="place_words", longest=rules.PLACE_LONGEST),
        latitude=latitude,
        longitude=longitude,
        sex=new.sex if new.sex in ("L", "P") else "?",
        age_low=draft.age.low if draft.age else None,
        age_high=draft.age.high if draft.age else (OLDEST if draft.age_unknown else None),
        category="" if sealed else _category(new.category, minor=minor),
        ground=new.ground if decision.met else "",
        voluntary=new.voluntary if decision.met else "unknown",
        decision=new.decision,
        gate_answered=draft.gate is not None,
        transported=decision.transported,
        rights_recorded=decision.transported,
        sensitivity="protected" if minor or shielded or outcome.route.is_protected else "ordinary",
        restricted=sealed,
        next_visit_on=outcome.next_visit_on,
        inbox="waiting" if waits else "none",
        inbox_since=at if waits else None,
    )


def _category(code: str, *, minor: bool) -> str:
    """A child is a child: never counted as one who begs, sings or roams (practice.md S8; the city's ``child_as``)."""
    row = city().street_categories.get(code)
    return row.child_as if minor and row and row.child_as else code


def _coordinates(new: ContactInput) -> tuple[Decimal | None, Decimal | None]:
    """Both or none; what a phone sends wrongly is no reason to lose a contact."""
    try:
        latitude, longitude = Decimal(new.latitude), Decimal(new.longitude)
    except InvalidOperation:
        return None, None
    if not (latitude.is_finite() and longitude.is_finite() and abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004
        return None, None
    fifth = Decimal("0.00001")
    return latitude.quantize(fifth), longitude.quantize(fifth)


def _content(new: ContactInput, draft: ContactDraft, outcome: ContactOutcome) -> dict[str, Any]:
    decision = city().decisions[new.decision]
    reasons = {each.code for each in city().choices_of("client_refusal")}
    content: dict[str, Any] = {
        "gate": list(outcome.route.yes),
        "seen": {
            name: words
            for name, longest in SEEN.items()
            if (words := rules.plain_words(new.seen.get(name, ""), field=name, longest=longest))
        },
        "not_same": [],
    }
    if decision.transported and draft.rights:
        content["rights"] = asdict(draft.rights)
    if decision.refusal and draft.refusal:
        content["refusal"] = {
            "offered": list(draft.refusal.offered),
            "leaflet_given": draft.refusal.leaflet_given,
            "reason": new.refusal_reason if new.refusal_reason in reasons else "",
        }
    if draft.joint_decision:
        content["joint"] = asdict(draft.joint_decision)
    return content


def keep_content(contact: Contact, content: dict[str, Any]) -> None:
    """Seal the content anew; the caller saves. For this package only."""
    contact.sealed = seal_json(contact.pk, f"reports_contact|sealed|{contact.pk}", content)


_REPORT_STEPS: Final = {"handled": "met", "not_found": "not_found", "not_target": "rejected"}


def _answer_report(report: Report, decision: Decision, *, by: ActingMember, at: datetime) -> None:
    step = _REPORT_STEPS[decision.report_state]
    note = {"reason": "not_target", "words": ""} if step == "rejected" else None
    take_step(report, step, by=by, at=at, note=note)


def _tell(
    contact: Contact,
    draft: ContactDraft,
    outcome: ContactOutcome,
    screening: Mapping[str, str],
    *,
    by: ActingMember,
    at: datetime,
) -> None:
    """Seats for the posts the gate leads to, and the event with the clocks that start."""
    found = {post.code: post for post in _posts_of(list(outcome.route.posts))}
    posts = [found[code] for code in outcome.route.posts if code in found]
    decision = city().decisions[contact.decision]
    if decision.refusal:
        posts += _outreach_posts(contact)
    for post in {each.pk: each for each in posts if each.pk != by.post_id}.values():
        give_seat(contact.pk, post.pk, at=at)
    clocks = list(outcome.route.clocks)
    if decision.transported and contact.voluntary != "yes":
        clocks.append("involuntary_hold")
    record(
        "contact.recorded",
        by=by,
        at=at,
        kind="contact",
        subject_id=contact.pk,
        sealed_under=contact.pk,
        detail={"decision": contact.decision, "gate": list(outcome.route.yes)},
        sensitivity=contact.sensitivity,
        facts={
            "contact_id": contact.pk,
            "person_id": None,
            "clocks": clocks,
            "owner_post_id": by.post_id,
            "told": [(post.role, post.pk) for post in posts],
            "area_code": contact.area_code,
            "to_inbox": contact.inbox == "waiting",
            "visit_on": outcome.next_visit_on,
            "decision": contact.decision,
            "is_minor": draft.age is not None and draft.age.is_minor,
            "screening": screening,
        },
    )
    # Whoever owns a clock that the follower started must be able to open what it is about.
    for owner in dict.fromkeys(_owners_of(contact.pk)):
        give_seat(contact.pk, owner, at=at)


@often
def _owners_of(subject_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    return Deadline.objects.filter(subject_id=subject_id).values_list("owner_post_id", flat=True)


@often
def _posts_of(codes: list[str]) -> Any:  # noqa: ANN401 - a query set of posts
    return Post.objects.filter(code__in=codes, retired_on__isnull=True)


def _outreach_posts(contact: Contact) -> list[Post]:
    """The volunteer who visits again: one of the kelurahan before one of the city."""
    posts = posts_with_role("volunteer", area=contact.area_code or None)
    return sorted(posts, key=lambda post: (not post.areas, post.code))[:1]


# --- the same contact, later ---------------------------------------------------------------------------------------


def locked_contact(member: ActingMember, contact_id: UUID, action: str, seen: int | None = None) -> Contact:
    """The contact, locked, if this member may do this to it.

    Raises:
        NotFound: missing or hidden.
        ChangedMeanwhile: the writer saw an older state.
    """
    if not _in_sight(member, contact_id, action=action, table=permission_table()):
        raise NotFound
    contact: Contact
    (contact,) = _locked(contact_id)
    if seen is not None and seen != contact.revision:
        raise ChangedMeanwhile(who=N_("Petugas lain"))
    return contact


@often
def _in_sight(member: ActingMember, contact_id: UUID, *, action: str, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of keys; the table is part of its shape
    rows = Contact.objects.filter(contact_rows(member, action), pk=contact_id)
    return rows.order_by().values_list("pk", flat=True)[:1]


@often
def _locked(contact_id: UUID) -> Any:  # noqa: ANN401 - a query set of contacts
    return Contact.objects.select_for_update().filter(pk=contact_id)


def contact_to_identify(member: ActingMember, contact_id: UUID) -> Contact:
    """The contact, locked, whose person this member may name.

    Raises:
        NotFound: missing, hidden, or not theirs to name.
        AlreadyLinked: it has a person.
    """
    contact = locked_contact(member, contact_id, "contact.view")
    if not may_identify(member, contact, held_with(member, contact)):
        raise NotFound
    if contact.person_id is not None:
        raise AlreadyLinked
    return contact


@often
def _met(person_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    return Contact.objects.filter(person__in=records_of(person_id)).values_list("pk", flat=True)


def attach_person(contact: Contact, person_id: UUID, *, by: ActingMember, at: datetime) -> Contact:
    """Say whom this contact met: number, seat, and after a second refusal an outreach, not a patrol (S12)."""
    contact.person_id = person_id
    contact.number = len(_met(person_id)) + 1
    contact.revision += 1
    decision = city().decisions[contact.decision]
    change(contact, "person", "number", "revision")
    outreach = decision.refusal and refusals_of(person_id) >= REFUSALS_FOR_OUTREACH
    if outreach:
        contact.inbox = "waiting"
        contact.inbox_since = contact.inbox_since or at
        contact.save(update_fields=("inbox", "inbox_since"))
        for post in _outreach_posts(contact):
            give_seat(contact.pk, post.pk, at=at)
    role = city().roles.get(by.role)
    if role and not role.enforcement:
        give_seat(person_id, by.post_id, at=at)
    record(
        "contact.linked",
        by=by,
        at=at,
        kind="contact",
        subject_id=contact.pk,
        sealed_under=contact.pk,
        detail={"person": str(person_id), "number": contact.number},
        facts={
            "contact_id": contact.pk,
            "person_id": person_id,
            "met_at": contact.met_at,
            "outreach": outreach,
            "area_code": contact.area_code,
        },
    )
    return contact


@act("contact.note")
def note_contact(
    contact_id: UUID, reason: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Contact:
    """Take a contact out of the inbox without a case: it is enough that it is written down. A reason is asked.

    Raises:
        ReasonMissing, NotWaiting: as they say.
    """
    contact = locked_contact(by, contact_id, "contact.take", seen)
    words = rules.plain_words(reason, field="reason", longest=500)
    if not words:
        raise rules.ReasonMissing(field="reason")
    if contact.inbox != "waiting":
        raise NotWaiting
    contact.inbox = "noted"
    contact.revision += 1
    keep_content(contact, {**opened(contact), "noted": words})
    contact.save(update_fields=("inbox", "revision", "sealed"))
    record(
        "contact.noted",
        by=by,
        at=at,
        kind="contact",
        subject_id=contact.pk,
        sealed_under=contact.pk,
        detail={"reason": words},
        facts={"contact_id": contact.pk},
    )
    return contact


@act("contact.answer")
def answer_clock(contact_id: UUID, clock: str, words: str, *, by: ActingMember, at: datetime) -> Contact:
    """Say that what a clock of the contact asks for was done (the child was seen, the visit was made), and how.

    Raises:
        ReasonMissing: no words.
        NotWaiting: the clock does not run, or belongs to another post.
    """
    contact = locked_contact(by, contact_id, "contact.view")
    said = rules.plain_words(words, field="words", longest=500)
    if not said:
        raise rules.ReasonMissing(field="words")
    running = Deadline.objects.filter(
        subject_id=contact.pk, clock=clock, met_at__isnull=True, dropped_at__isnull=True
    ).first()
    if running is None or not (running.owner_post_id == by.post_id or _takes(by, contact)):
        raise NotWaiting
    content = opened(contact)
    answers: list[dict[str, str]] = content.setdefault("answers", [])
    answers.append({"clock": clock, "words": said, "at": at.isoformat(), "post": by.post_title})
    keep_content(contact, content)
    fields: Collection[str] = ("sealed", "revision")
    contact.revision += 1
    if clock == "refusal_visit":
        contact.visited_at = at
        fields = (*fields, "visited_at")
    contact.save(update_fields=fields)
    record(
        "contact.answered",
        by=by,
        at=at,
        kind="contact",
        subject_id=contact.pk,
        sealed_under=contact.pk,
        detail={"clock": clock, "words": said},
        facts={"contact_id": contact.pk, "clock": clock},
    )
    return contact


def _takes(by: ActingMember, contact: Contact) -> bool:
    return Contact.objects.filter(contact_rows(by, "contact.take"), pk=contact.pk).exists()
