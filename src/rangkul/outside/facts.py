"""What news from outside tells the case page: one line each, its words only for who may read the case's notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.directory.queries import who_words
from rangkul.domain.citydata import OUTSIDE_NEWS
from rangkul.domain.errors import N_
from rangkul.domain.policy import ActingMember
from rangkul.outside.models import OutsideNews
from rangkul.vault.often import often

WORDS = {
    "case.conference_asked": N_("Kasus dinyatakan kompleks: temu bahas diminta"),
    "case.tpks_reported": N_("Korban melapor kekerasan seksual kepada layanan"),
    "police.dv_known": N_("Polisi mengetahui kekerasan dalam rumah tangga"),
    "police.dv_protected": N_("Polisi memberi perlindungan sementara (KDRT)"),
    "police.tpks_received": N_("Polisi menerima laporan kekerasan seksual"),
    "police.tpks_protected": N_("Polisi memberi perlindungan sementara (TPKS)"),
    "police.lpsk_asked": N_("Perlindungan LPSK diminta"),
    "police.protection_ended": N_("Perlindungan sementara berakhir"),
    "court.protection_asked": N_("Perintah perlindungan diminta kepada pengadilan"),
    "court.protection_order": N_("Pengadilan memberi perintah perlindungan"),
}


def words_of(event: str) -> str:
    """The news in the reader's language."""
    return _(WORDS[event])


def timeline(_member: ActingMember, case_id: UUID, _person_id: UUID) -> list[TimelineEntry]:
    """News in the order of the day it happened."""
    return [
        TimelineEntry(
            at=row.happened_at,
            kind="evidence",
            sentence=words_of(row.event),
            who=who_words(row.member, row.post),
            chips=(_("dibatalkan: {reason}").format(reason=row.void_reason),) if row.voided_at else (),
            voided=row.voided_at is not None,
        )
        for row in _news_of(case_id)
    ]


@often
def _news_of(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of rows
    return OutsideNews.objects.filter(case_id=case_id).select_related("member", "post")


assert set(WORDS) == set(OUTSIDE_NEWS)  # noqa: S101 - one list of news, and words for each
