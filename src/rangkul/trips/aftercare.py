"""Aftercare: the visits after an exit, given to who lives near; and the alert when somebody is met again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.news import News
from rangkul.audit.recording import record
from rangkul.cases.models import Case, Visit
from rangkul.cases.sight import locked_case
from rangkul.cases.visit_actions import VISITING_ROLES, make_visit
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role
from rangkul.domain.aftercare import visit_days
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.same import records_of
from rangkul.reports.models import Contact
from rangkul.trips.models import Sighting
from rangkul.vault.often import often

FOLLOW_UP = "follow_up"


def owner_for(case: Case, area_code: str) -> UUID:
    """Who visits: a volunteer or the welfare section where the person lives now; for a place outside, the case's holder.

    Another city's Dinsos has no account: the holder calls it and writes down what it says.
    """
    if area_code in city().areas and not city().area(area_code).is_outside:
        for role in ("volunteer", "kasi_kesra"):
            posts = posts_with_role(role, area=area_code)
            if posts:
                return min(posts, key=lambda post: (area_code not in post.areas, post.code)).pk
    if case.holder is not None and case.holder.role in VISITING_ROLES:
        return case.holder.pk
    return posts_with_role("rehab_head")[0].pk


def plan_follow_ups(  # noqa: PLR0913 - whose, from when, where, and who asks
    case: Case,
    start: date,
    *,
    area_code: str,
    words: str,
    asked_by_id: UUID | None,
    by: ActingMember | None,
    at: datetime,
) -> list[Visit]:
    """The visits on day 7, 30, 90 and 180; those that are planned already stay as they are.

    Called inside the act that makes the exit; it has checked who may.
    """
    known = set(
        Visit.objects.filter(case=case, kind=FOLLOW_UP, done_at__isnull=True)
        .exclude(after_days=None)
        .values_list("after_days", flat=True)
    )
    owner = owner_for(case, area_code)
    return [
        make_visit(
            case,
            FOLLOW_UP,
            owner,
            max(due_on, wib_date(at)),
            words,
            asked_by_id=asked_by_id,
            by=by,
            at=at,
            after_days=after,
            area_code=area_code,
        )
        for after, due_on in visit_days(start)
        if after not in known
    ]


@act("trip.plan_aftercare")
def plan_aftercare(
    case_id: UUID, start: date, area_code: str, words: str, *, by: ActingMember, at: datetime
) -> list[Visit]:
    """Plan the four visits of a case that ends without a trip: from this day, for who lives near that place."""
    case = locked_case(by, case_id, "case.visit")
    return plan_follow_ups(
        case, start, area_code=area_code, words=words, asked_by_id=by.post_id, by=by, at=at
    )


def follow(news: News) -> None:
    """A contact is known to have met this person: after an exit, the case manager hears of it."""
    if news.action not in {"contact.recorded", "contact.linked"}:
        return
    person_id, contact_id = news.facts.get("person_id"), news.facts.get("contact_id")
    if person_id is None or contact_id is None:
        return
    contact: Contact | None = next(iter(_contact(contact_id)), None)
    if contact is None or not _was_met(contact):
        return
    for case_id in dict.fromkeys(_waiting(person_id, contact.met_at)):
        _sighted(case_id, contact, news)


@often
def _contact(contact_id: UUID) -> Any:  # noqa: ANN401 - a query set
    return Contact.objects.filter(pk=contact_id)


@often
def _waiting(person_id: UUID, met_at: datetime) -> Any:  # noqa: ANN401 - a query set
    visits = Visit.objects.filter(
        case__person__in=records_of(person_id),
        case__closed_at__isnull=True,
        kind=FOLLOW_UP,
        after_days__isnull=False,
        asked_at__lt=met_at,
    )
    return visits.exclude(case__sensitivity="sealed").order_by().values_list("case_id", flat=True)


def _was_met(contact: Contact) -> bool:
    decision = city().decisions.get(contact.decision)
    return decision is None or decision.met


def _sighted(case_id: UUID, contact: Contact, news: News) -> None:
    row, is_new = Sighting.objects.get_or_create(
        case_id=case_id, contact=contact, defaults={"met_at": contact.met_at, "told_at": news.at}
    )
    if not is_new:
        return
    case = Case.objects.get(pk=case_id)
    record(
        "sighting.told",
        by=news.by,
        at=news.at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={"sighting": str(row.pk), "contact": str(contact.pk)},
        facts={"case_id": case.pk, "person_id": case.person_id, "owner_post_id": case.holder_id},
    )


@act("sighting.see")
def see_sighting(sighting_id: UUID, *, by: ActingMember, at: datetime) -> Sighting:
    """The case manager has read that the person was met again."""
    row = Sighting.objects.select_for_update(of=("self",)).filter(pk=sighting_id).first()
    if row is None:
        raise NotFound
    case = locked_case(by, row.case_id, "case.visit", may_be_closed=True)
    if row.seen_at is None:
        row.seen_at, row.seen_by_id = at, by.post_id
        row.save(update_fields=("seen_at", "seen_by"))
        record(
            "sighting.seen",
            by=by,
            at=at,
            kind="case",
            subject_id=case.pk,
            sealed_under=case.person_id,
            detail={"sighting": str(row.pk)},
            facts={"case_id": case.pk, "person_id": case.person_id, "owner_post_id": case.holder_id},
        )
    return row
