"""Writes of the sender: send, take back, decide after a refusal, ask for the economic result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from rangkul.access.actions import end_grants, give_grant
from rangkul.access.links import end_links
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.refusals import ChoiceUnknown
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import choice_of, words_of
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.domain.citydata import Institution
from rangkul.domain.deadlines import Unit, due_at
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.referrals import ECONOMIC_OUTCOMES, NO_ANSWER, Unmet, check_label, unmet_criteria
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.referrals.institutions import state_of
from rangkul.referrals.models import EconomicCheck, Referral
from rangkul.referrals.referral_refusals import (
    AlreadyChecked,
    AlreadyReferred,
    CriteriaNotMet,
    InstitutionClosed,
    InstitutionUnknown,
    NothingToDecide,
    ReasonForUnmet,
    ReferralOver,
)
from rangkul.referrals.referral_sight import KIND, locked_referral, referrals_in_sight
from rangkul.referrals.sheet import (
    MOST_WORDS,
    NewReferral,
    agreed_parts,
    applicant,
    check_typed,
    make_sheet,
)
from rangkul.referrals.wording import criterion_words, places_words
from rangkul.vault.sealing import seal_json, unseal_json

ANSWER_CLOCK = "referral_answer"
LINK_PURPOSE = "referral.answer"
WITHDRAW_REASONS = (NO_ANSWER, "klien_menolak", "")


def referral_place(referral_id: UUID, column: str = "sealed") -> str:
    """Where the sealed content of a referral stands."""
    return f"referrals_referral|{column}|{referral_id}"


def facts_of(referral: Referral, **more: object) -> dict[str, object]:
    """What followers hear of any news of a referral."""
    return {
        "referral_id": referral.pk,
        "case_id": referral.case_id,
        "person_id": referral.person_id,
        "institution": referral.institution,
        "owner_post_id": referral.case.holder_id or referral.sender_id,
        **more,
    }


@act("referral.send")
def send_referral(case_id: UUID, new: NewReferral, *, by: ActingMember, at: datetime) -> Referral:
    """Ask an institution to take somebody. Its grant opens the sheet, and nothing else of the case.

    Raises:
        InstitutionUnknown, InstitutionClosed: where to.
        WrongfulLabel: somebody who may be lucid, without a medical statement and their own.
        CriteriaNotMet, ReasonForUnmet: what the institution asks; each is named with the next route.
        ConsentMissing, AlreadyReferred, CaseClosed: as they say.
    """
    case = locked_case(by, case_id, "referral.send")
    place = _place(new.institution)
    today = wib_date(at)
    check_typed(new, today)
    person = Person.objects.get(pk=case.person_id)
    unmet = _checked(place, person, new, at)
    open_one = Referral.objects.filter(case=case, institution=place.code, closed_at__isnull=True).first()
    if open_one is not None:
        raise AlreadyReferred(place=place.label, sent_on=f"{wib_date(open_one.sent_at):%d-%m-%Y}")
    kind = city().institution_kinds[place.kind]
    referral = Referral(
        case=case,
        person=person,
        institution=place.code,
        kind=place.kind,
        after=_refused_before(case, new.after, at),
        sent_at=at,
        late_after=_late_after(at),
        sender_id=by.post_id,
        member_id=by.id,
    )
    sheet = make_sheet(person, new, kind, today)
    content = {
        "sheet": sheet,
        "unmet": [{"criterion": each.criterion, "standing": each.standing} for each in unmet],
        "reason": new.reason.strip(),
        "consent_words": new.consent_words.strip(),
        "lucid": new.lucid,
        "medical": new.medical.strip(),
        "own": new.own.strip(),
    }
    referral.sealed = seal_json(person.pk, referral_place(referral.pk), content)
    referral.save(force_insert=True)
    _share(referral, place, agreed_parts(new, kind), [str(row["name"]) for row in sheet], by=by, at=at)
    return referral


def _place(code: str) -> Institution:
    place = city().institutions.get(code)
    if place is None:
        raise InstitutionUnknown(field="institution")
    return place


def _checked(place: Institution, person: Person, new: NewReferral, at: datetime) -> list[Unmet]:
    """Everything the institution and the law of the house ask; what stays unmet goes with a written reason."""
    state = state_of(place.code)
    if state is not None and state.closed:
        why = city().choice("institution_closure", state.closed).label
        raise InstitutionClosed(
            field="institution", place=place.label, why=why.lower(), next=places_words(open_routes(place))
        )
    if city().institution_kinds[place.kind].label_guard:
        check_label(lucid=new.lucid, medical=new.medical, own=new.own)  # type: ignore[arg-type]
    criteria = city().criteria_of(place.code)
    unmet = unmet_criteria(criteria, applicant(person, new, wib_date(at)))
    words = {row.criterion: criterion_words(row) for row in criteria}
    barred = [each for each in unmet if not each.waivable]
    if barred:
        raise CriteriaNotMet(
            field="institution",
            place=place.label,
            labels="; ".join(words[each.criterion] for each in barred),
            next=places_words(open_routes(place)),
        )
    if unmet and not new.reason.strip():
        raise ReasonForUnmet(field="reason", labels="; ".join(words[each.criterion] for each in unmet))
    return unmet


def open_routes(place: Institution) -> tuple[str, ...]:
    """The next routes that take people now."""
    states = {code: state_of(code) for code in place.next}
    return tuple(code for code, state in states.items() if state is None or not state.closed)


def _refused_before(case: Case, after: UUID | None, at: datetime) -> Referral | None:
    """The refused referral that this one follows; the sender's decision on it is thereby made."""
    if after is None:
        return None
    before = Referral.objects.filter(pk=after, case=case, state__in=("declined", "withdrawn")).first()
    if before is None:
        raise NotFound
    Referral.objects.filter(pk=before.pk, decided_at__isnull=True).update(decided_at=at)
    return before


def _late_after(at: datetime) -> datetime:
    clock = city().clocks[ANSWER_CLOCK]
    return due_at(at, clock.amount, cast("Unit", clock.unit), city().is_working_day)


def _share(
    referral: Referral,
    place: Institution,
    parts: tuple[str, ...],
    names: list[str],
    *,
    by: ActingMember,
    at: datetime,
) -> None:
    posts = list(
        Post.objects.filter(code__in=place.posts, retired_on__isnull=True).values_list("pk", flat=True)
    )
    give_grant(
        referral.person_id,
        about_kind=KIND,
        about_id=referral.pk,
        parts=parts,
        posts=posts,
        receiver=place.code,
        by=by,
        at=at,
    )
    record(
        "referral.sent",
        by=by,
        at=at,
        kind=KIND,
        subject_id=referral.pk,
        sealed_under=referral.person_id,
        sensitivity="protected",
        detail={"institution": place.code, "case": str(referral.case_id), "shown": names},
        facts=facts_of(referral),
    )


@act("referral.withdraw")
def withdraw_referral(
    referral_id: UUID, reason: str, words: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Referral:
    """Take an open referral back: nobody answered, the client does not want it any more, or as the words say.

    Raises:
        ReferralOver: it is closed. WordsMissing: a reason of its own without words.
    """
    referral = locked_referral(by, referral_id, "referral.follow", seen=seen)
    choice_of(reason, "reason", WITHDRAW_REASONS)
    said = words_of(words, "words", most=MOST_WORDS, needed=not reason)
    if referral.closed_at is not None:
        raise ReferralOver
    referral.state, referral.reason = "withdrawn", reason
    close(referral, at, by)
    referral.sealed_answer = seal_json(
        referral.person_id, referral_place(referral.pk, "sealed_answer"), {"words": said}
    )
    # What the institution never answered leaves the sender with a decision; what the sender took back does not.
    referral.decided_at = None if reason == NO_ANSWER else at
    referral.revision += 1
    referral.save()
    record(
        "referral.withdrawn",
        by=by,
        at=at,
        kind=KIND,
        subject_id=referral.pk,
        sealed_under=referral.person_id,
        detail={"reason": reason, "words": said},
        facts=facts_of(referral, reason=reason),
    )
    return referral


def close(referral: Referral, at: datetime, by: ActingMember | None) -> None:
    """End the referral and what it opened, inside the act that ends it."""
    end_links(LINK_PURPOSE, referral.pk, at)
    referral.closed_at = at
    end_grants(KIND, referral.pk, by=by, at=at)


@act("referral.decide")
def decide_after_refusal(referral_id: UUID, words: str, *, by: ActingMember, at: datetime) -> Referral:
    """Say what follows a refusal when no next referral is sent: another way, a conference, or nothing now."""
    referral = locked_referral(by, referral_id, "referral.follow")
    said = words_of(words, "words", most=MOST_WORDS)
    if referral.decided_at is not None or referral.state not in {"declined", "withdrawn"}:
        raise NothingToDecide
    kept: Mapping[str, Any] = {}
    place = referral_place(referral.pk, "sealed_answer")
    if referral.sealed_answer is not None:
        kept = unseal_json(referral.person_id, place, referral.sealed_answer)
    referral.sealed_answer = seal_json(referral.person_id, place, {**kept, "decision": said})
    referral.decided_at = at
    referral.save(update_fields=("decided_at", "sealed_answer"))
    record(
        "referral.decided",
        by=by,
        at=at,
        kind=KIND,
        subject_id=referral.pk,
        sealed_under=referral.person_id,
        detail={"words": said},
        facts=facts_of(referral),
    )
    return referral


@act("referral.check")
def answer_check(
    check_id: UUID, outcome: str, words: str, *, by: ActingMember, at: datetime
) -> EconomicCheck:
    """Record how somebody earns at day 30 or 90 after the economic step.

    Raises:
        AlreadyChecked: it was asked before; ChoiceUnknown: no such outcome.
    """
    found = EconomicCheck.objects.filter(pk=check_id).values_list("referral_id", flat=True).first()
    if found is None:
        raise NotFound
    referral = locked_referral(by, found, "referral.follow")
    check = EconomicCheck.objects.select_for_update().get(pk=check_id)
    if outcome not in ECONOMIC_OUTCOMES:
        raise ChoiceUnknown(field="outcome")
    said = words_of(words, "words", most=MOST_WORDS, needed=False)
    if check.asked_at is not None:
        raise AlreadyChecked(days=check.days)
    check.outcome, check.asked_at, check.member_id, check.post_id = outcome, at, by.id, by.post_id
    check.sealed = seal_json(
        referral.person_id, f"referrals_economic_check|sealed|{check.pk}", {"words": said}
    )
    check.save()
    record(
        "referral.checked",
        by=by,
        at=at,
        kind=KIND,
        subject_id=referral.pk,
        sealed_under=referral.person_id,
        detail={"days": check.days, "outcome": outcome, "words": said},
        facts=facts_of(referral, days=check.days, outcome=outcome),
    )
    return check


def may_see(member: ActingMember, referral_id: UUID) -> bool:
    """Is the referral in this member's sight at all?"""
    return referrals_in_sight(member).filter(pk=referral_id).exists()
