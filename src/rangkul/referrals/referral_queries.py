"""Reads of referrals: the list of a case, what came in, one referral, the form's preview, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from rangkul.access.guard import can, check_may, knows
from rangkul.audit.looks import Opened, opened_by
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.queries import case_seen_by
from rangkul.cases.sight import held_relations as held_on_case
from rangkul.directory.city import city, permission_table
from rangkul.domain.citydata import Institution, InstitutionCriterion, ReferralResultCode
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, Decision, PermissionTable
from rangkul.domain.referrals import NO_ANSWER, unmet_criteria
from rangkul.domain.wib import wib_date
from rangkul.referrals.answer_actions import answers_by_link, result_place
from rangkul.referrals.institutions import Place, institution_seen_by
from rangkul.referrals.models import EconomicCheck, InstitutionState, Referral, ReferralResult
from rangkul.referrals.referral_actions import open_routes, referral_place
from rangkul.referrals.referral_sight import KIND, decide, held_relations, referrals_in_sight, title_of
from rangkul.referrals.sheet import NewReferral, applicant, id_place_of, left_out, make_sheet
from rangkul.referrals.wording import criterion_words, document_words, place_name, result_words, sheet_lines
from rangkul.vault.often import often
from rangkul.vault.sealing import load_keys, unseal_json

LONGEST = 200
HOLDING_KINDS = ("panti", "child_home", "mental_hospital", "hospital")
"""Kinds in which somebody lives: the institution may become holder, by a hand-over and never by an answer."""


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """A referral in a list. ``label`` is what this member may know of who it is about."""

    id: UUID
    label: str
    has_name: bool
    institution: str
    kind: str
    state: str
    reason: str
    sent_at: datetime
    late_after: datetime
    answered_at: datetime | None
    place_from: date | None
    is_open: bool
    needs_decision: bool
    last_result: str
    case_code: str
    sender: str


def _line(row: Referral, language: str, results: dict[UUID, str]) -> ReferralLine:
    person = row.person
    return ReferralLine(
        row.pk,
        person.label,
        person.has_name and not person.is_minor,
        place_name(row.institution, language),
        row.kind,
        row.state,
        row.reason,
        row.sent_at,
        row.late_after,
        row.answered_at,
        row.place_from,
        row.closed_at is None,
        needs_decision(row),
        results.get(row.pk, ""),
        row.case.code,
        row.sender.title,
    )


def needs_decision(row: Referral) -> bool:
    """Refused, or given up unanswered, and the sender has not said what follows."""
    refused = row.state == "declined" or (row.state == "withdrawn" and row.reason == NO_ANSWER)
    return refused and row.decided_at is None


def _lines(rows: QuerySet[Referral], language: str) -> list[ReferralLine]:
    return _with_results(list(_with_all(rows)), language)


def _with_all(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("person", "case", "sender")


def _with_results(found: list[Referral], language: str) -> list[ReferralLine]:
    newest: dict[UUID, str] = {}
    if found:
        results = ReferralResult.objects.filter(referral__in=[row.pk for row in found])
        columns = ("referral_id", "code", "on")
        for referral_id, code, on in results.order_by("recorded_at", "pk").values_list(*columns):
            newest[referral_id] = (
                f"{result_words(code, language)} {on:%d-%m-%Y}" if on else result_words(code, language)
            )
    return [_line(row, language, newest) for row in found]


def referrals_of_case(member: ActingMember, case: Case) -> list[ReferralLine]:
    """Referrals of a case that ``case_seen_by`` gave to this member, newest first."""
    return _with_results(_of_case(member, case.pk, table=permission_table()), member.language)


@often
def _of_case(member: ActingMember, case_id: UUID, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of referrals; the table is part of its shape
    rows = referrals_in_sight(member).filter(case_id=case_id).order_by("-sent_at", "-pk")
    return _with_all(rows[:LONGEST])


def incoming(member: ActingMember) -> list[ReferralLine]:
    """Rujukan masuk: what this post was asked, unanswered first, then by day."""
    if not knows(member, "referral.answer"):
        return []
    lines = _with_results(_incoming(member, table=permission_table()), member.language)
    return sorted(lines, key=lambda line: (line.state != "sent", line.late_after))


@often
def _incoming(member: ActingMember, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of referrals; the table is part of its shape
    rows = referrals_in_sight(member, "referral.answer").filter(closed_at__isnull=True)
    return _with_all(rows.order_by("sent_at", "pk")[:LONGEST])


def listed(member: ActingMember, *, institution: str = "", state: str = "") -> list[ReferralLine]:
    """The drill-down of the figures: referrals in sight, newest first."""
    check_may(member, "referral.count", sensitivity="aggregate", hide=True)
    rows = referrals_in_sight(member)
    if institution:
        rows = rows.filter(institution=institution)
    if state:
        rows = rows.filter(state=state)
    return _lines(rows.order_by("-sent_at", "-pk")[:LONGEST], member.language)


# --- one referral --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A result with its words, when this member may read them."""

    code: str
    label: str
    on: date | None
    words: str
    short_notice: bool
    recorded_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """One referral as this member may read it. What is not opened is absent."""

    line: ReferralLine
    revision: int
    decision: Decision
    sheet: list[tuple[str, str]] | None
    kept: dict[str, Any] = field(default_factory=dict)
    answer_words: str = ""
    decision_words: str = ""
    answered_by: str = ""
    answered_by_link: bool = False
    results: list[ResultLine] = field(default_factory=list)
    institution_results: tuple[ReferralResultCode, ...] = ()
    sender_results: tuple[ReferralResultCode, ...] = ()
    checks: list[EconomicCheck] = field(default_factory=list)
    next: tuple[Institution, ...] = ()
    may_answer: bool = False
    may_send: bool = False
    by_link: bool = False
    may_hold: bool = False
    case_id: UUID | None = None
    holder: str = ""
    opened: tuple[Opened, ...] = ()


def referral_seen_by(member: ActingMember, referral_id: UUID, *, at: datetime) -> ReferralPage:
    """One referral; reading its sheet is an event first.

    Raises:
        NotFound: missing, hidden, or no longer shared with this member.
    """
    row = (
        referrals_in_sight(member)
        .select_related("person", "case__holder", "sender", "answered_by")
        .filter(pk=referral_id)
        .first()
    )
    if row is None:
        raise NotFound
    decision = decide(member, row)
    line = _lines(Referral.objects.filter(pk=row.pk), member.language)[0]
    if not decision.opens("sheet"):
        return ReferralPage(line, row.revision, decision, None)
    _look(member, row, decision, at)
    return _whole(member, row, line, decision)


def _look(member: ActingMember, row: Referral, decision: Decision, at: datetime) -> None:
    with transaction.atomic():
        record(
            "referral.looked",
            by=member,
            at=at,
            kind=KIND,
            subject_id=row.pk,
            sensitivity="protected",
            relation=decision.relation,
        )


def _whole(member: ActingMember, row: Referral, line: ReferralLine, decision: Decision) -> ReferralPage:
    held = held_relations(member, row)
    sends = can(member, "referral.follow", held, row.case.sensitivity)
    answers = can(member, "referral.answer", held, row.case.sensitivity)
    load_keys([row.person_id])
    content = unseal_json(row.person_id, referral_place(row.pk), row.sealed)
    said = (
        unseal_json(row.person_id, referral_place(row.pk, "sealed_answer"), row.sealed_answer)
        if row.sealed_answer is not None
        else {}
    )
    is_open = row.closed_at is None
    place = city().institutions.get(row.institution)
    by_link = answers_by_link(row.institution)
    return ReferralPage(
        line,
        row.revision,
        decision,
        sheet_lines(content["sheet"], member.language),
        kept=_kept(row, content, member.language) if sends else {},
        answer_words=said.get("words", ""),
        decision_words=said.get("decision", "") if sends else "",
        answered_by=title_of(row.answered_by),
        answered_by_link=row.answered_by_link,
        results=_results(row, member.language),
        institution_results=_institution_results(row) if is_open and (answers or (sends and by_link)) else (),
        sender_results=city().results_of(row.kind, by_sender=True)
        if is_open and sends and row.state == "accepted"
        else (),
        checks=list(row.checks.all()) if sends else [],
        next=tuple(city().institutions[code] for code in open_routes(place)) if place else (),
        may_answer=answers,
        may_send=sends,
        by_link=by_link,
        may_hold=bool(place and place.posts and row.kind in HOLDING_KINDS),
        case_id=row.case_id,
        holder=title_of(row.case.holder),
        opened=opened_by(row.pk, "referral.looked") if sends else (),
    )


def _institution_results(row: Referral) -> tuple[ReferralResultCode, ...]:
    rows = city().results_of(row.kind, by_sender=False)
    return rows if row.state == "accepted" or row.kind == "health_look" else ()


def _kept(row: Referral, content: dict[str, Any], language: str) -> dict[str, Any]:
    """What only the sender keeps: unmet criteria, reason, consent, statements."""
    criteria = {
        each.criterion: criterion_words(each, language) for each in city().criteria_of(row.institution)
    }
    return {
        "unmet": [
            (criteria.get(each["criterion"], each["criterion"]), each["standing"])
            for each in content["unmet"]
        ],
        **{name: content[name] for name in ("reason", "consent_words", "medical", "own", "lucid")},
    }


def _results(row: Referral, language: str) -> list[ResultLine]:
    found = []
    for each in row.results.select_related("post").order_by("recorded_at", "pk"):
        said = unseal_json(row.person_id, result_place(each.pk), each.sealed) if each.sealed else {}
        found.append(
            ResultLine(
                each.code,
                result_words(each.code, language),
                each.on,
                said.get("words", ""),
                each.short_notice,
                each.recorded_at,
                title_of(each.post),
            )
        )
    return found


# --- the form ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnmetLine:
    """A criterion that is not met, in words: what, how it could be met, and whether the institution may set it aside."""

    label: str
    standing: str
    how: str
    waivable: bool
    missing: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the check says and exactly what the institution would see."""

    place: Place
    unmet: list[UnmetLine]
    sheet: list[tuple[str, str]]
    left_out: tuple[str, ...]
    next: tuple[Institution, ...]
    state: InstitutionState | None

    @property
    def barred(self) -> bool:
        """Closed, or something is not met that the institution cannot set aside."""
        return self.place.is_closed or any(not each.waivable for each in self.unmet)


def case_to_refer(member: ActingMember, code: str) -> Case:
    """An open case that this member may refer; NotFound when missing or hidden."""
    case = case_seen_by(member, code)
    check_may(
        member, "referral.send", held_on_case(member, case, "referral.send"), case.sensitivity, hide=True
    )
    return case


def may_refer(member: ActingMember, case: Case) -> bool:
    """The twin for buttons."""
    return case.closed_at is None and can(
        member, "referral.send", held_on_case(member, case, "referral.send"), case.sensitivity
    )


def proposed(case: Case, institution: str = "", after: UUID | None = None) -> NewReferral:
    """The form as it opens: only what the records say, the rest not known."""
    return NewReferral(institution=institution, id_place=id_place_of(case.person), after=after)


def preview(member: ActingMember, case: Case, new: NewReferral, *, at: datetime) -> Preview:
    """The check and the sheet for this form; a NIK in it is a recorded look."""
    place = institution_seen_by(member, new.institution)
    today = wib_date(at)
    sheet = make_sheet(case.person, new, place.kind, today)
    if any(row["name"] == "nik" for row in sheet):
        with transaction.atomic():
            record(
                "person.protected_viewed",
                by=member,
                at=at,
                kind="person",
                subject_id=case.person_id,
                sealed_under=case.person_id,
                sensitivity="protected",
                detail={"kinds": ["nik"], "whole": ["nik"]},
            )
    return Preview(
        place,
        _unmet_lines(place.criteria, new, case, today, member.language),
        sheet_lines(sheet, member.language),
        tuple(
            label
            for label, _value in sheet_lines(
                [
                    {"name": name, "value": ""}
                    for name in left_out(case.person, new, place.kind, today)
                    if name not in {"consent", "age", "documents"}
                ],
                member.language,
            )
        ),
        tuple(city().institutions[code] for code in open_routes(place.row)),
        place.state,
    )


def _unmet_lines(
    criteria: Iterable[InstitutionCriterion], new: NewReferral, case: Case, today: date, language: str
) -> list[UnmetLine]:
    rows = {each.criterion: each for each in criteria}
    return [
        UnmetLine(
            criterion_words(rows[each.criterion], language),
            each.standing,
            rows[each.criterion].how_named(language),
            each.waivable,
            document_words(each.missing, language),
        )
        for each in unmet_criteria(rows.values(), applicant(case.person, new, today))
    ]


# --- what waits ----------------------------------------------------------------------------------------------------


def _carried_by(member: ActingMember) -> QuerySet[Referral]:
    """Referrals of cases that this post holds; and those it sent whose person is now held by another agency, or by none.

    A hospital that became holder answers for the person; the family is still prepared by who sent them (practice.md S6).
    """
    elsewhere = ~Q(case__holder__agency_id=member.agency) | Q(case__holder__isnull=True)
    carried = Q(case__holder_id=member.post_id) | (Q(sender_id=member.post_id) & elsewhere)
    return referrals_in_sight(member, "referral.follow").filter(carried)


def waiting_for(member: ActingMember, now: datetime) -> list[Referral]:
    """Referrals that ask something of the sender's side: unanswered, refused, or open with news. One query."""
    if not knows(member, "referral.follow"):
        return []
    found: list[Referral] = _waits(member, now, table=permission_table())
    return found


@often
def _waits(member: ActingMember, now: datetime, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of referrals; the table is part of its shape
    unanswered = Q(state="sent", late_after__lt=now)
    refused = Q(decided_at__isnull=True) & (Q(state="declined") | Q(state="withdrawn", reason=NO_ANSWER))
    rows = _carried_by(member).filter(unanswered | refused).select_related("person", "case")
    return rows.order_by("sent_at", "pk")[:LONGEST]


def open_with_results(member: ActingMember) -> list[tuple[Referral, ReferralResult]]:
    """Open referrals that this post carries, each with its newest result that asks for something. One query."""
    if not knows(member, "referral.follow"):
        return []
    newest: dict[UUID, tuple[Referral, ReferralResult]] = {}
    for result in _results_of_open(member, table=permission_table()):
        if result.code not in {"kontrol_obat", "tempat_mulai", "masuk"} or result.referral_id not in newest:
            newest[result.referral_id] = (result.referral, result)
    return list(newest.values())


@often
def _results_of_open(member: ActingMember, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of results; the table is part of its shape
    carried = _carried_by(member).filter(closed_at__isnull=True, state="accepted")
    rows = ReferralResult.objects.filter(referral__in=carried)
    return rows.select_related("referral__person", "referral__case").order_by("recorded_at", "pk")


def checks_due(member: ActingMember, until: date) -> list[EconomicCheck]:
    """Economic questions of this post that are due until a day."""
    if not knows(member, "referral.follow"):
        return []
    found: list[EconomicCheck] = _checks(member, until, table=permission_table())
    return found


@often
def _checks(member: ActingMember, until: date, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of checks; the table is part of its shape
    rows = EconomicCheck.objects.filter(
        asked_at__isnull=True, due_on__lte=until, referral__in=_carried_by(member)
    )
    return rows.select_related("referral__person", "referral__case").order_by("due_on")[:LONGEST]
