"""Telling what happened outside: the clocks of the law begin at the moment it happened, not when it was typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import locked_case
from rangkul.domain.citydata import OUTSIDE_NEWS
from rangkul.domain.errors import N_, BadInput, Conflict, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.outside.models import OutsideNews
from rangkul.vault.sealing import seal_json

_CLOCK_SKEW: Final = timedelta(minutes=5)
_OLDEST: Final = timedelta(days=366)
MOST_NUMBER, MOST_WORDS = 80, 1000


class NewsUnclear(BadInput):
    """Which news, when, by which paper."""

    code = "news_unclear"
    says = N_("Pilih kabarnya, kapan terjadinya, dan tuliskan nomor surat atau dari siapa kabarnya.")


class NewsFromTomorrow(BadInput):
    """It has not happened yet, or too long ago to be about this case."""

    code = "news_moment_wrong"
    says = N_(
        "Waktunya belum terjadi, atau lebih dari setahun lalu. Tulis kapan hal itu benar-benar terjadi."
    )


class NewsVoided(Conflict):
    """Voided before."""

    code = "news_voided"
    says = N_("Kabar ini sudah dibatalkan.")


def place_of(news_id: UUID) -> str:
    """Where the sealed words stand."""
    return f"outside_news|sealed|{news_id}"


@act("outside.tell")
def tell_outside_news(  # noqa: PLR0913 - what, when, by which paper
    case_id: UUID,
    event: str,
    happened_at: datetime,
    number: str,
    words: str,
    *,
    by: ActingMember,
    at: datetime,
) -> OutsideNews:
    """Say that something happened outside, about a case; clocks that wait for it start, or are met.

    Args:
        event: one of ``OUTSIDE_NEWS``.
        happened_at: when it happened; the clocks run from there (hours in real time, whatever the calendar).
        number: of the letter, report or order; or who said it.

    Raises:
        NotFound, NotAllowed, CaseClosed: as for every act on a case.
        NewsUnclear, NewsFromTomorrow: what was typed.
    """
    if event not in OUTSIDE_NEWS or not number.strip():
        raise NewsUnclear(field="event" if event not in OUTSIDE_NEWS else "number")
    if not at - _OLDEST <= happened_at <= at + _CLOCK_SKEW:
        raise NewsFromTomorrow(field="happened_at")
    case = locked_case(by, case_id, "case.outside_news")
    row = OutsideNews(
        case=case, event=event, happened_at=happened_at, told_at=at, member_id=by.id, post_id=by.post_id
    )
    content = {"number": number.strip()[:MOST_NUMBER], "words": words.strip()[:MOST_WORDS]}
    row.sealed = seal_json(case.person_id, place_of(row.pk), content)
    row.save(force_insert=True)
    record(
        event,
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={"news": str(row.pk), "event": event},
        facts=_facts(case, happened_at),
    )
    return row


def _facts(case: Case, happened_at: datetime) -> dict[str, object]:
    return {
        "case_id": case.pk,
        "person_id": case.person_id,
        "happened_at": happened_at,
        "holder_post_id": case.holder_id,
        "area_code": case.area_code,
    }


@act("outside.void")
def void_outside_news(news_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> OutsideNews:
    """Void news that was told wrongly; what its clocks did stands, with their history.

    Raises:
        NotFound; NewsVoided; NewsUnclear: no reason.
    """
    row = OutsideNews.objects.select_for_update(of=("self",)).filter(pk=news_id).first()
    if row is None:
        raise NotFound
    locked_case(by, row.case_id, "case.outside_news", may_be_closed=True)
    if row.voided_at is not None:
        raise NewsVoided
    if not reason.strip():
        raise NewsUnclear(field="reason")
    row.voided_at, row.void_reason = at, reason.strip()[:300]
    row.save(update_fields=("voided_at", "void_reason"))
    record("outside.voided", by=by, at=at, kind="case", subject_id=row.case_id)
    return row
