"""Letters of the training set: one in each state, so that every desk finds what a letter looks like there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.letters.actions import (
    content_of,
    correct_letter,
    draft_letter,
    give_paraf,
    return_letter,
    save_draft,
    send_letter,
    sign_letter,
    void_letter,
)
from rangkul.letters.models import Letter
from rangkul.referrals.models import Referral
from rangkul.reports.contact_queries import contacts_of_agency
from rangkul.training.hands import Hands

TYPED: Final = {
    "kepada": "Kepala Panti Pelayanan Sosial PGOT Mardi Utomo\nJalan Kramas, Tembalang\nSemarang",
    "tembusan": "Kepala Dinas Kesehatan Kota Magelang\nArsip",
    "keperluan": "agar yang bersangkutan diterima dan dilayani sebagaimana mestinya",
    "alasan": "Yang bersangkutan ditemui tanpa tempat tinggal tetap dan bersedia dilayani.",
    "masalah": "Tidak memiliki tempat tinggal tetap; penghasilan tidak menentu.",
    "ringkasan": "Orang telantar tanpa keluarga yang dapat dihubungi; memerlukan pengasuhan berjangka.",
    "layanan_diminta": "Pelayanan dalam panti dan penelusuran keluarga.",
    "analisis": "Kekuatan pada keterampilan; yang menghalangi ialah dokumen dan tempat tinggal.",
    "petugas": "Wahyu Nugroho",
    "petugas_jabatan": "Petugas Rumah Singgah",
}
"""What a clerk types into gaps that no record fills."""


def load_letters(hands: Hands) -> None:
    """Issued, corrected, voided, waiting for signature and paraf, returned, and a draft; about cases of two desks."""
    cases = list(
        Case.objects.filter(holder_id=hands.rini.post_id, closed_at__isnull=True, sensitivity="ordinary")
        .exclude(stage="pendekatan_awal")
        .order_by("opened_at", "pk")[:4]
    )
    if not cases or hands.rini.agency not in city().letter_units:
        return
    pick = [cases[number % len(cases)] for number in range(7)]
    _issued(hands, "surat_keterangan_orang_telantar", pick[0], hands.ago(days=6))
    _issued(hands, "laporan_sosial", pick[1], hands.ago(days=4))
    _corrected(hands, pick[0])
    void_letter(
        _issued(hands, "surat_pengantar", pick[2], hands.ago(days=3)).pk,
        "Panti sudah penuh; diganti rujukan lain.",
        by=hands.kadis,
        at=hands.ago(days=2),
    )
    send_letter(
        _draft(hands.rini, "ba_bantuan", ("case", pick[3].pk), hands.ago(hours=7)).pk,
        by=hands.rini,
        at=hands.ago(hours=6),
    )
    asked = Referral.objects.filter(sender_id=hands.rini.post_id, state="sent").order_by("sent_at").first()
    if asked is not None:
        draft = _draft(hands.rini, "surat_rujukan", ("referral", asked.pk), hands.ago(hours=8))
        send_letter(draft.pk, by=hands.rini, at=hands.ago(hours=7))
        give_paraf(draft.pk, by=hands.kabid, at=hands.ago(hours=5))
    _sent(hands, "surat_keterangan_orang_telantar", pick[2], hands.ago(hours=3))
    back = _sent(hands, "surat_pengantar", pick[3], hands.ago(days=1, hours=2))
    return_letter(
        back.pk, "Sebut panti yang dituju dan alasan memilihnya.", by=hands.kabid, at=hands.ago(hours=20)
    )
    _draft(hands.rini, "surat_pernyataan", ("case", pick[0].pk), hands.ago(hours=2))
    _of_kelurahan(hands)


def _of_kelurahan(hands: Hands) -> None:
    """The covering letter that an elder brought from the kelurahan."""
    met = contacts_of_agency(hands.kesra)
    if not met or hands.kesra.agency not in city().letter_units:
        return
    at = hands.ago(hours=19)
    letter = _draft(hands.kesra, "surat_pengantar", ("contact", met[0].id), at)
    send_letter(letter.pk, by=hands.kesra, at=at)
    sign_letter(letter.pk, by=hands.kesra, at=at + timedelta(minutes=5))


def _draft(by: ActingMember, kind: str, about: tuple[str, UUID], at: datetime) -> Letter:
    """A draft as a clerk completes it: what no record filled is typed."""
    letter = draft_letter(kind, about, by=by, at=at)
    content = content_of(letter)
    typed = {gap: _words(gap, at) for gap, text in content.items() if not text}
    return save_draft(letter.pk, {gap: text for gap, text in typed.items() if text}, by=by, at=at)


def _words(gap: str, at: datetime) -> str:
    row = city().letter_gaps[gap]
    if gap in {
        "alias",
        "nik",
        "saksi_satu",
        "saksi_dua",
        "berkas",
        "jawab_sampai",
        "hasil_kesehatan",
        "keterangan",
    }:
        return ""
    if row.kind == "date":
        return at.date().isoformat()
    if row.kind == "rows":
        return "Permakanan | 3 | porsi" if gap == "bantuan" else ""
    return TYPED.get(gap, "Belum ada keterangan." if row.kind == "long" else "Rumah Singgah")


def _sent(hands: Hands, kind: str, case: Case, at: datetime) -> Letter:
    letter = _draft(hands.rini, kind, ("case", case.pk), at)
    return send_letter(letter.pk, by=hands.rini, at=at + timedelta(minutes=10))


def _issued(hands: Hands, kind: str, case: Case, at: datetime) -> Letter:
    letter = _sent(hands, kind, case, at)
    signer = hands.rini if city().letters[kind].sign == hands.rini.role else hands.kadis
    give_paraf(letter.pk, by=hands.kabid, at=at + timedelta(hours=1))
    return sign_letter(letter.pk, by=signer, at=at + timedelta(hours=2))


def _corrected(hands: Hands, case: Case) -> None:
    """A wrong date was found; the new letter names the old one."""
    old = _issued(hands, "surat_pengantar", case, hands.ago(days=5))
    new = correct_letter(old.pk, by=hands.rini, at=hands.ago(days=4))
    save_draft(new.pk, {"hal": "Pengantar (perbaikan)"}, by=hands.rini, at=hands.ago(days=4))
    send_letter(new.pk, by=hands.rini, at=hands.ago(days=4))
    give_paraf(new.pk, by=hands.kabid, at=hands.ago(days=4))
    sign_letter(new.pk, by=hands.kadis, at=hands.ago(days=4))
