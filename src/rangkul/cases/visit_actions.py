"""Visits handed to a post: follow-up after return, confirming an address, outreach after a refusal (practice F10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.news import News
from rangkul.audit.recording import record
from rangkul.cases.models import Case, Visit
from rangkul.cases.opening_actions import contact_for
from rangkul.cases.refusals import ChoiceUnknown, OwnerMissing, VisitAlreadyRecorded
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import choice_of, coming_day, words_of
from rangkul.cases.visit_sight import relations_to_visit, visits_in_sight
from rangkul.directory.models import Post
from rangkul.domain.aftercare import SIGHTED_DAY, outcome_of
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.stages import CaseClosed
from rangkul.reports.models import Contact
from rangkul.vault.sealing import seal_json, unseal_json

KINDS: Final = ("follow_up", "address", "outreach")
BACK: Final = "back_on_street"
OUTCOMES: Final = ("at_home", "not_there", BACK, "declined")
TAPS: Final = ("home", "safe", "working", "medicine", "on_street")
ANSWERS: Final = ("yes", "no", "unknown")
# No visit is handed to an enforcement role: it would open where a person lives (design §1.7).
VISITING_ROLES: Final = ("kasi_kesra", "volunteer", "social_worker", "rehab_head")
_MOST_WORDS = 2000
_NOBODY = UUID(int=0)


def visit_place(row_id: UUID) -> str:
    """Where the sealed content of a visit stands."""
    return f"cases_visit|sealed|{row_id}"


def visit_subject(visit: Visit) -> UUID:
    """Whose key seals the visit: the case's person, or the contact that it follows."""
    return visit.case.person_id if visit.case else UUID(str(visit.contact_id))


@act("case.plan_visit")
def plan_visit(  # noqa: PLR0913 - what a visit needs
    kind: str,
    owner_id: UUID | None,
    due_on: date,
    words: str,
    *,
    by: ActingMember,
    at: datetime,
    case_id: UUID | None = None,
    contact_id: UUID | None = None,
) -> Visit:
    """Hand a visit to a post: of a case, or after a contact without case (someone who declined).

    Args:
        words: where, and what is asked; protected, shown to the post that visits.

    Raises:
        ChoiceUnknown, DateInPast, WordsMissing, OwnerMissing: what was typed.
        NotFound, NotAllowed, CaseClosed: of the case or contact.
    """
    choice_of(kind, "kind", KINDS)
    asked = words_of(words, "words", most=_MOST_WORDS)
    case = locked_case(by, case_id, "case.visit") if case_id else None
    contact = contact_for(by, contact_id, "case.open") if contact_id and not case else None
    if case is None and contact is None:
        raise NotFound
    owner = Post.objects.filter(
        pk=owner_id or _NOBODY, role__in=VISITING_ROLES, retired_on__isnull=True
    ).first()
    if owner is None:
        raise OwnerMissing(field="owner")
    visit = Visit(
        case=case,
        contact=contact,
        kind=kind,
        owner=owner,
        area_code=case.area_code if case else contact.area_code if contact else "",
        due_on=coming_day(due_on, at, "due_on"),
        asked_by_id=by.post_id,
        asked_at=at,
    )
    return _hand_out(visit, asked, by, at)


def make_visit(  # noqa: PLR0913 - what a visit needs
    case: Case,
    kind: str,
    owner_id: UUID,
    due_on: date,
    asked: str,
    *,
    asked_by_id: UUID | None,
    by: ActingMember | None,
    at: datetime,
    after_days: int,
    area_code: str,
) -> Visit:
    """One visit of aftercare, inside an act of a room above that has checked who may and who visits."""
    visit = Visit(
        case=case,
        kind=kind,
        owner_id=owner_id,
        area_code=area_code or case.area_code,
        due_on=due_on,
        after_days=after_days,
        asked_by_id=asked_by_id,
        asked_at=at,
    )
    return _hand_out(visit, asked, by, at)


def _hand_out(visit: Visit, asked: str, by: ActingMember | None, at: datetime) -> Visit:
    visit.sealed = seal_json(visit_subject(visit), visit_place(visit.pk), {"asked": asked})
    visit.save(force_insert=True)
    detail = {"kind": visit.kind, "owner": visit.owner.code, "due_on": visit.due_on.isoformat()}
    _record("case.visit_planned", visit, detail, by, at)
    return visit


def follow(news: News) -> None:
    """Somebody was met on the street again: the visit of day 90 is answered by it (scenario S1). Nobody visited."""
    if news.action != "sighting.told":
        return
    visit = (
        Visit.objects.select_for_update(of=("self",))
        .filter(case_id=news.facts["case_id"], kind="follow_up", after_days=SIGHTED_DAY, done_at__isnull=True)
        .order_by("due_on")
        .first()
    )
    if visit is None:
        return
    visit.done_at, visit.outcome = news.at, BACK
    visit.member_id = news.by.id if news.by else None
    visit.save(update_fields=("done_at", "outcome", "member"))
    _record("case.visit_recorded", visit, {"outcome": BACK, "by": "sighting"}, news.by, news.at)


@act("case.record_visit")
def record_visit(
    visit_id: UUID,
    outcome: str,
    taps: Mapping[str, str],
    note: str,
    *,
    by: ActingMember,
    at: datetime,
) -> Visit:
    """Record how a visit went: five taps, a note, and the outcome where the taps do not say it. Nobody is blamed.

    Args:
        outcome: empty when the taps tell it (at home, not there, back on the street).

    Raises:
        ChoiceUnknown, WordsTooLong: what was typed.
        VisitAlreadyRecorded: somebody was first.
    """
    if outcome:
        choice_of(outcome, "outcome", OUTCOMES)
    elif not any(taps.get(tap) for tap in TAPS):
        raise ChoiceUnknown(field="home")
    said = words_of(note, "note", most=_MOST_WORDS, needed=False)
    answers = {tap: choice_of(taps.get(tap) or "unknown", tap, ANSWERS) for tap in TAPS}
    seen = visits_in_sight(by, "case.visit").filter(pk=visit_id).first()
    if seen is None:
        raise NotFound
    # The case first, then the visit: closing takes them in the same order.
    case = Case.every.select_for_update().filter(pk=seen.case_id).first() if seen.case_id else None
    visit = Visit.objects.select_for_update(of=("self",)).select_related("member", "owner").get(pk=visit_id)
    check_may(by, "case.visit", relations_to_visit(by, visit))
    if visit.done_at is not None:
        raise VisitAlreadyRecorded(who=visit.member.name if visit.member_id else visit.owner.title)
    if case is not None and case.closed_at is not None:
        raise CaseClosed
    content = unseal_json(visit_subject(visit), visit_place(visit.pk), visit.sealed) or {}
    visit.sealed = seal_json(
        visit_subject(visit), visit_place(visit.pk), content | {"taps": answers, "note": said}
    )
    outcome = outcome or outcome_of(answers)
    visit.done_at, visit.outcome, visit.member_id = at, outcome, by.id
    visit.save(update_fields=("sealed", "done_at", "outcome", "member"))
    if visit.contact_id:
        Contact.objects.filter(pk=visit.contact_id, visited_at__isnull=True).update(visited_at=at)
    _record("case.visit_recorded", visit, {"outcome": outcome}, by, at)
    return visit


def _record(
    action: str, visit: Visit, detail: Mapping[str, object], by: ActingMember | None, at: datetime
) -> None:
    record(
        action,
        by=by,
        at=at,
        kind="case" if visit.case_id else "contact",
        subject_id=visit.case_id or visit.contact_id,
        sealed_under=visit_subject(visit),
        sensitivity="protected",
        detail={"visit": str(visit.pk), **detail},
        facts={
            "visit_id": visit.pk,
            "case_id": visit.case_id,
            "contact_id": visit.contact_id,
            "owner_post_id": visit.owner_id,
            "kind": visit.kind,
            "due_on": visit.due_on,
        },
    )
