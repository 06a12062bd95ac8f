"""Words and typed forms of requests about personal data."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from rangkul.rights.actions import RequestInput
from rangkul.rights.carrying import Change
from rangkul.rights.queries import ClaimChoice, StepLine
from rangkul.web import reading
from rangkul.web.people.shown import kind_words

FIELDS = (
    "kind",
    "asker",
    "channel",
    "name",
    "contact",
    "identity",
    "words",
    "authority",
    "about",
    "person_code",
)


def kinds() -> list[tuple[str, str]]:
    """What may be asked."""
    return [
        ("access", _("Melihat data yang disimpan")),
        ("correction", _("Memperbaiki data")),
        ("withdrawal", _("Menarik persetujuan")),
        ("restriction", _("Membatasi pemrosesan")),
        ("erasure", _("Menghapus data")),
    ]


def kind_hints() -> dict[str, str]:
    """What each means, in plain words."""
    return {
        "access": _(
            "Salinan data Anda: apa yang disimpan, dari mana, untuk apa, dengan siapa dibagi, siapa yang melihat."
        ),
        "correction": _(
            "Data yang salah atau belum lengkap diperbaiki; yang lama tetap tercatat sebagai dicoret."
        ),
        "withdrawal": _("Izin berbagi data dengan lembaga lain berakhir."),
        "restriction": _("Hanya penanggung jawab Anda dan timnya yang masih membuka data Anda."),
        "erasure": _("Isi data dihapus untuk selamanya, kecuali yang wajib kami simpan."),
    }


def askers() -> list[tuple[str, str]]:
    """Who may ask."""
    return [
        ("self", _("Orangnya sendiri")),
        ("guardian", _("Orang tua atau wali")),
        ("heir", _("Ahli waris")),
        ("lawyer", _("Kuasa hukum")),
    ]


def channels() -> list[tuple[str, str]]:
    """How it came."""
    return [("desk", _("Datang")), ("letter", _("Surat")), ("phone", _("Telepon")), ("message", _("Pesan"))]


def identities() -> list[tuple[str, str]]:
    """How somebody showed who they are."""
    return [
        ("ktp", _("KTP")),
        ("kk", _("Kartu keluarga")),
        ("passport", _("Paspor")),
        ("other_document", _("Dokumen lain")),
        ("known_here", _("Dikenal petugas; tanpa dokumen")),
    ]


def authorities() -> list[tuple[str, str]]:
    """What shows that somebody may ask for another."""
    return [
        ("birth_certificate", _("Akta lahir anak")),
        ("guardianship", _("Penetapan wali")),
        ("heirship", _("Surat keterangan ahli waris")),
        ("power_of_attorney", _("Surat kuasa")),
    ]


def states() -> dict[str, str]:
    """Where a request stands."""
    return {
        "received": _("menunggu putusan"),
        "granted": _("disetujui, belum dijalankan"),
        "waiting": _("menunggu orang kedua"),
        "done": _("selesai"),
        "refused": _("ditolak"),
        "taken_back": _("ditarik pemohon"),
    }


def outcomes() -> list[dict[str, str]]:
    """What may be decided."""
    return [
        {"value": "granted", "label": _("Dikabulkan")},
        {"value": "partly", "label": _("Dikabulkan sebagian"), "hint": _("Dengan alasan sah untuk sisanya.")},
        {"value": "refused", "label": _("Ditolak"), "hint": _("Hanya dengan alasan sah dari daftar.")},
        {
            "value": "nothing_kept",
            "label": _("Tidak ada data"),
            "hint": _("Orang ini tidak ada dalam catatan."),
        },
    ]


def outcome_words() -> dict[str, str]:
    """What was decided."""
    return {each["value"]: each["label"] for each in outcomes()}


def step_words() -> dict[str, str]:
    """What was done."""
    return {
        "received": _("Permintaan diterima"),
        "tied": _("Dicocokkan dengan orangnya"),
        "granted": _("Dikabulkan"),
        "partly": _("Dikabulkan sebagian"),
        "refused": _("Ditolak"),
        "nothing_kept": _("Dijawab: tidak ada data"),
        "taken_back": _("Ditarik pemohon"),
        "corrected": _("Keterangan diperbaiki"),
        "consent_ended": _("Izin berbagi diakhiri"),
        "restricted": _("Pemrosesan dibatasi"),
        "lifted": _("Pembatasan dicabut"),
        "statement": _("Salinan data dibuat"),
        "prepared": _("Penghapusan disiapkan, menunggu orang kedua"),
        "sent_back": _("Orang kedua mengembalikan"),
        "erased": _("Data dihapus"),
    }


def timeline(steps: list[StepLine]) -> list[dict[str, Any]]:
    """The steps as the ``timeline`` component draws them."""
    said = step_words()
    return [
        {
            "at": each.at,
            "kind": "note",
            "title": said.get(each.step, each.step),
            "by": each.by,
            "quote": each.words,
        }
        for each in steps
    ]


def claim_kinds(claims: list[ClaimChoice], all_kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """What may be corrected: a claim that stands, or a kind that is missing."""
    standing = [
        {"value": f"{each.kind}:{each.id}", "label": f"{kind_words(each.kind)}: {each.value}"}
        for each in claims
    ]
    fresh = [{"value": f"{kind}:", "label": kind_words(kind)} for kind in all_kinds]
    return [
        *([{"label": _("Yang tercatat sekarang"), "options": standing}] if standing else []),
        {"label": _("Menambah yang belum ada"), "options": fresh},
    ]


def typed_request(data: QueryDict) -> RequestInput:
    """What the form brought.

    Raises:
        NotADate: the moment cannot be read.
    """
    said = {name: reading.text(data, name, 2000) for name in FIELDS}
    return RequestInput(**said, asked_at=reading.moment(data, "asked_at", timezone.now()))


def typed_change(data: QueryDict) -> Change:
    """What is to be written instead."""
    kind, _colon, claim = reading.text(data, "what", 80).partition(":")
    return Change(
        kind=kind,
        value=reading.text(data, "value", 300),
        replaces=reading.uuid_or_none(claim),
        document=bool(data.get("document")),
    )
