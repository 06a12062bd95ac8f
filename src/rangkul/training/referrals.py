"""Referrals of the training set, so that partners, the sender and the head find work. Every move is a real action."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from typing import Any, Final

from rangkul.cases.models import Case
from rangkul.referrals.answer_actions import Answer, answer_referral, record_result
from rangkul.referrals.institutions import StateInput, say_state
from rangkul.referrals.link_actions import answer_by_link, new_answer_link
from rangkul.referrals.models import Referral
from rangkul.referrals.referral_actions import send_referral
from rangkul.referrals.sheet import NewReferral
from rangkul.training.hands import Hands

_WORK: Final[dict[str, Any]] = {
    "skills": "Pernah berjualan sayur, kuat mengangkat, dapat membaca",
    "id_place": "city",
    "documents": ("ktp",),
    "reason": "NIK sedang diurus; klien siap mulai",
}


def load_referrals(hands: Hands) -> None:
    """Send, answer and leave waiting, relative to ``hands.at``."""
    _say_how_they_stand(hands)
    cases = list(
        Case.objects.filter(
            holder_id=hands.rini.post_id,
            closed_at__isnull=True,
            sensitivity="ordinary",
            person__is_minor=False,
            opened_at__lt=hands.ago(days=1),
        ).order_by("opened_at", "pk")[:6]
    )
    for step, case in zip(_STEPS, cycle(cases), strict=False):
        step(hands, case)


def _say_how_they_stand(hands: Hands) -> None:
    told = hands.ago(days=2)
    say_state("rsj_soerojo", StateInput(beds_free=3, queue=1), by=hands.rsj, at=told)
    say_state("mardi_utomo", StateInput(beds_free=0, queue=12), by=hands.rini, at=told)
    say_state("disnaker_blk", StateInput(beds_free=8, words="Angkatan berikutnya"), by=hands.naker, at=told)


def _send(hands: Hands, case: Case, institution: str, at: datetime, **more: Any) -> Referral:  # noqa: ANN401 - the form
    new = NewReferral(institution=institution, consent="agreed", consent_words="Dijelaskan, setuju", **more)
    after_opening = case.opened_at + timedelta(hours=2)
    return send_referral(case.pk, new, by=hands.rini, at=max(at, after_opening))


def _waiting_stall(hands: Hands, case: Case) -> None:
    _send(
        hands,
        case,
        "disperindag_lapak",
        hands.ago(hours=20),
        asked="Lapak sayur di pasar, atau kerja angkut",
        **_WORK,
    )


def _training_accepted(hands: Hands, case: Case) -> None:
    sent = _send(hands, case, "disnaker_blk", hands.ago(days=6), asked="Pelatihan mengelas", **_WORK)
    answer_referral(
        sent.pk,
        Answer(
            answer="accept", place_from=hands.today + timedelta(days=5), words="Masuk angkatan berikutnya"
        ),
        by=hands.naker,
        at=hands.ago(hours=5),
    )


def _going_home_from_hospital(hands: Hands, case: Case) -> None:
    sent = _send(
        hands,
        case,
        "rsj_soerojo",
        hands.ago(days=12),
        asked="Pemeriksaan dan perawatan",
        behaviour="Berteriak pada orang yang lewat, berhari-hari tidak tidur, tidak membawa senjata",
        lucid="no",
        medical="Dokter puskesmas memeriksa di rumah singgah dan menyarankan rujukan",
        reason="Keluarga belum ditemukan",
    )
    answer_referral(sent.pk, Answer(answer="accept"), by=hands.rsj, at=sent.sent_at + timedelta(hours=3))
    record_result(
        sent.pk,
        "kontrol_obat",
        hands.today + timedelta(days=30),
        "Obat diminum malam; kontrol di poli jiwa",
        by=hands.rsj,
        at=hands.ago(hours=3),
    )
    record_result(
        sent.pk, "siap_pulang", hands.today + timedelta(days=3), "", by=hands.rsj, at=hands.ago(hours=2)
    )


def _refused_by_link(hands: Hands, case: Case) -> None:
    sent = _send(
        hands,
        case,
        "mardi_utomo",
        hands.ago(days=3),
        asked="Rehabilitasi sosial enam bulan",
        summary="Hidup berpindah, ingin belajar keterampilan, tidak punya tempat kembali",
        infectious="no",
        independent="yes",
        documents=("surat_pengantar", "laporan_sosial", "surat_kesehatan"),
    )
    token = new_answer_link(sent.pk, by=hands.rini, at=sent.sent_at + timedelta(minutes=10))
    answer_by_link(
        token,
        Answer(answer="decline", reason="penuh", words="Antrean dua belas orang, paling cepat dua bulan"),
        by=None,
        at=max(hands.ago(hours=4), sent.sent_at + timedelta(hours=1)),
    )


def _nik_asked(hands: Hands, case: Case) -> None:
    _send(
        hands,
        case,
        "disdukcapil",
        hands.ago(hours=6),
        asked="Pencocokan biometrik; klien tidak membawa KTP",
        documents=("surat_pengantar",),
    )


def _look_asked(hands: Hands, case: Case) -> None:
    _send(
        hands,
        case,
        "psc119",
        hands.ago(minutes=25),
        asked="Cek tekanan darah di rumah singgah, tampak pucat",
        behaviour="Pucat, berkeringat, menjawab pelan",
    )
    _send(
        hands,
        case,
        "rsud_tidar",
        hands.ago(hours=2),
        asked="Rontgen kaki",
        health="Bengkak di mata kaki sejak tiga hari, tidak demam",
    )
    _send(
        hands,
        case,
        "puskesmas",
        hands.ago(minutes=40),
        asked="Pemeriksaan kaki yang luka",
        behaviour="Berjalan pincang, tidak mau duduk lama",
    )


_STEPS: Final = (
    _going_home_from_hospital,
    _training_accepted,
    _waiting_stall,
    _refused_by_link,
    _nik_asked,
    _look_asked,
)
