"""K13 and K25 over the referrals of a period; numbers without persons, which open to those in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rangkul.access.guard import check_may
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.domain.referrals import (
    Counted,
    EconomicFigure,
    ReferralFigure,
    economic_figure,
    referral_figure,
)
from rangkul.domain.wib import end_of_day, start_of_day
from rangkul.referrals.models import EconomicCheck, Referral

LAST_CHECK = 90


@dataclass(frozen=True, slots=True)
class ReferralFigures:
    """The figures of a period: all together, and by institution in the order of the directory."""

    first: date
    last: date
    whole: ReferralFigure
    by_institution: tuple[tuple[str, ReferralFigure], ...]
    economic: EconomicFigure


def referral_figures(member: ActingMember, first: date, last: date, now: datetime) -> ReferralFigures:
    """Referrals sent from ``first`` to ``last`` (WIB, both included). A sealed case counts in no live figure."""
    check_may(member, "referral.count", sensitivity="aggregate", hide=True)
    rows = _counted(first, last)
    by_code: dict[str, list[Counted]] = {}
    for row in rows:
        by_code.setdefault(row.institution, []).append(row)
    order = {code: number for number, code in enumerate(city().institutions)}
    codes = sorted(by_code, key=lambda code: (order.get(code, len(order)), code))
    return ReferralFigures(
        first,
        last,
        referral_figure(rows, now),
        tuple((code, referral_figure(by_code[code], now)) for code in codes),
        _economic(first, last),
    )


def _sent(first: date, last: date) -> dict[str, object]:
    return {"sent_at__gte": start_of_day(first), "sent_at__lte": end_of_day(last)}


def _counted(first: date, last: date) -> list[Counted]:
    columns = ("institution", "state", "sent_at", "answered_at", "reason", "late_after")
    rows = Referral.objects.filter(**_sent(first, last)).exclude(case__sensitivity="sealed")
    return [Counted(**dict(zip(columns, row, strict=True))) for row in rows.values_list(*columns)]


def _economic(first: date, last: date) -> EconomicFigure:
    kinds = [kind.code for kind in city().institution_kinds.values() if kind.economic]
    rows = Referral.objects.filter(**_sent(first, last), kind__in=kinds).exclude(case__sensitivity="sealed")
    sent = dict(rows.values_list("pk", "person_id"))
    said = dict(
        EconomicCheck.objects.filter(referral__in=list(sent), days=LAST_CHECK).values_list(
            "referral_id", "outcome"
        )
    )
    return economic_figure((person, said.get(pk, "")) for pk, person in sent.items())
