"""What referrals tell the rooms below: the stage gate, and their part of the timeline (told in ``facts``)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.cases.facts import OPEN_REFERRAL
from rangkul.directory.queries import who_words
from rangkul.domain.policy import ActingMember
from rangkul.referrals.models import Referral
from rangkul.referrals.wording import place_name, reason_words, result_words
from rangkul.vault.often import often


def facts_of_case(case_id: UUID) -> frozenset[str]:
    """``open_referral_or_trip`` while a referral of the case is open: services do not end before it has."""
    return frozenset({OPEN_REFERRAL}) if _open_of(case_id) else frozenset()


@often
def _open_of(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    rows = Referral.objects.filter(case_id=case_id, closed_at__isnull=True)
    return rows.order_by().values_list("pk", flat=True)[:1]


def told_of_referrals(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Sent, answered and what came of it, as sentences; the sheet stays behind its page."""
    entries: list[TimelineEntry] = []
    rows = Referral.objects.filter(case_id=case_id, person_id=person_id).select_related(
        "sender", "member", "answered_by"
    )
    for row in rows.prefetch_related("results__post"):
        entries.extend(_entries(row, member.language))
    return entries


def _entries(row: Referral, language: str) -> list[TimelineEntry]:
    place, href = place_name(row.institution, language), reverse("referral", args=[row.pk])
    found = [
        TimelineEntry(
            at=row.sent_at,
            kind="letter",
            sentence=_("Dirujuk ke %(place)s") % {"place": place},
            who=who_words(row.member, row.sender),
            chips=(_("lembar rujukan"),),
            href=href,
        )
    ]
    if row.answered_at is not None:
        words = (
            _("%(place)s menerima rujukan") % {"place": place}
            if row.state == "accepted" or not row.reason
            else _("%(place)s menolak: %(reason)s")
            % {"place": place, "reason": reason_words(row.reason, language)}
        )
        by = _("lewat tautan") if row.answered_by_link else who_words(None, row.answered_by)
        found.append(TimelineEntry(at=row.answered_at, kind="letter", sentence=words, who=by))
    for each in row.results.all():
        day = f", {each.on:%d-%m-%Y}" if each.on else ""
        found.append(
            TimelineEntry(
                at=each.recorded_at,
                kind="letter",
                sentence=f"{place}: {result_words(each.code, language)}{day}",
                who=who_words(None, each.post),
            )
        )
    return found
