"""What the referral letter may say: the gaps of its template, filled from the sheet that its receiver sees anyway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.utils import timezone, translation

from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.referrals.referral_queries import referral_seen_by
from rangkul.referrals.referral_sight import referrals_in_sight
from rangkul.referrals.wording import PARTS, place_name

IDENTITY_GAPS: Final = {"nik": "nik", "asal": "origin"}
"""Gaps that identity would fill, and the part of the sheet without which they stay empty."""
_SUMMARY: Final = ("summary", "behaviour", "skills", "own")
_HEALTH: Final = ("health", "infectious", "medical", "adl")


def letter_facts_of_referral(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """The gaps of *surat rujukan*: no more than the kind of institution may see.

    Raises:
        NotFound: the referral is missing or hidden, or its sheet is not for this member.
    """
    with translation.override("id"):
        page = referral_seen_by(replace(member, language="id"), about_id, at=timezone.now())
    row = referrals_in_sight(member).select_related("case").filter(pk=about_id).first()
    if row is None or page.sheet is None or not page.may_send:
        raise NotFound
    by_name = _by_name(page.sheet)
    shares = city().institution_kinds[row.kind].shares
    return {
        **_whose(row.case),
        "kepada": place_name(row.institution),
        "hal": f"Rujukan ke {place_name(row.institution)}",
        "ringkasan": _lines(by_name, _SUMMARY) or by_name.get("asked", ""),
        "layanan_diminta": by_name.get("asked", ""),
        "hasil_kesehatan": _lines(by_name, _HEALTH),
        "berkas": [part.strip() for part in by_name.get("documents", "").split(",") if part.strip()],
        "jawab_sampai": wib_date(row.late_after),
        "withheld": tuple(gap for gap, part in IDENTITY_GAPS.items() if part not in shares),
    }


def _whose(case: Case) -> dict[str, Any]:
    return {"case_id": case.pk, "person_id": case.person_id, "sensitivity": "protected"}


def _by_name(sheet: list[tuple[str, str]]) -> dict[str, str]:
    """The sheet by part again; letters are written in Indonesian, as the sheet's labels are."""
    names = {label: name for name, label in PARTS.items()}
    return {names[label]: value for label, value in sheet if label in names}


def _lines(by_name: dict[str, str], parts: tuple[str, ...]) -> str:
    return "\n".join(f"{PARTS[part]}: {by_name[part]}" for part in parts if part in by_name)
