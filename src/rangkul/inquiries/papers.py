"""What looking for somebody tells the letters: the record of a child that was given to a claimant (practice.md S3)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib, wib_date
from rangkul.inquiries.actions import proofs_of
from rangkul.inquiries.models import ChildClaim
from rangkul.inquiries.queries import claim_seen_by
from rangkul.inquiries.refusals import ProofsMissing

RELATIONS: Final = {
    "parent": "orang tua", "child": "anak", "spouse": "suami atau istri", "sibling": "saudara kandung", "relative": "kerabat",
    "guardian": "wali", "police": "polisi", "agency": "instansi", "other": "keluarga",
}  # fmt: skip
"""In the language of the paper, whatever the reader's is."""


def letter_facts_of_claim(member: ActingMember, claim_id: UUID) -> dict[str, object]:
    """The record of hand-over of a child: who gave it to whom, and against which proofs.

    Raises:
        NotFound: missing, or not this member's.
        ProofsMissing: the child was not given to this claimant; no paper says that it was.
    """
    page = claim_seen_by(member, claim_id, timezone.now())
    row = ChildClaim.objects.select_related("released_by", "ppa_by").get(pk=claim_id)
    if row.released_at is None:
        raise ProofsMissing(what=", ".join(page.missing) or "penyerahan")
    proofs = proofs_of(row)
    moment = wib(row.released_at)
    open_first = (F("closed_at").asc(nulls_first=True), "-opened_at")
    case = Case.objects.filter(person_id=row.person_id).order_by(*open_first).first()
    return {
        "case_id": case.pk if case else None,
        "person_id": row.person_id,
        "sensitivity": "protected",
        "tanggal_serah": row.released_at,
        "jam_serah": f"{moment:%H.%M}",
        "pihak_pertama_nama": member.name if member.post_id == row.released_by_id else "",
        "pihak_pertama_jabatan": _title(row.released_by),
        "pihak_pertama_instansi": _agency(row.released_by, row),
        "pihak_kedua_nama": proofs["name"],
        "pihak_kedua_jabatan": RELATIONS.get(proofs["relation"], RELATIONS["other"]),
        "pihak_kedua_instansi": "keluarga",
        "yang_perlu_diketahui": f"Reaksi anak: {proofs['reaction']}",
        "dokumen": [
            ("KTP atau KK", proofs["identity"]),
            ("Bukti kedua", proofs["second"]),
            (
                "Persetujuan Unit PPA",
                f"{_title(row.ppa_by)}, {wib(row.ppa_at):%d-%m-%Y %H.%M}" if row.ppa_at else "",
            ),
        ],
        "saksi_satu": _title(row.ppa_by),
    }


def _title(post: Post | None) -> str:
    return post.title if post is not None else ""


def _agency(post: Post | None, row: ChildClaim) -> str:
    on = wib_date(row.released_at) if row.released_at else None
    return city().agency_name(post.agency_id, on) if post is not None and on is not None else ""
