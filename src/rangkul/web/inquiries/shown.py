"""Words and typed forms of looking for somebody."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from rangkul.inquiries.actions import ClaimInput, InquiryInput
from rangkul.web import reading

FIELDS = (
    "name", "relation", "proof", "purpose", "phone", "sought_name", "sought_alias", "sought_sex", "sought_age",
    "sought_origin", "sought_marks", "sought_mother", "sought_words", "channel",
)  # fmt: skip


def typed_inquiry(data: QueryDict) -> InquiryInput:
    """What the form brought."""
    return InquiryInput(**{name: reading.text(data, name, 1000) for name in FIELDS})


def typed_claim(data: QueryDict) -> ClaimInput:
    """What the form brought."""
    names = ("name", "relation", "identity", "second", "reaction")
    return ClaimInput(**{name: reading.text(data, name, 200) for name in names})


def relations() -> list[tuple[str, str]]:
    """How somebody is related to whom they look for."""
    return [
        ("parent", _("Orang tua")),
        ("child", _("Anak")),
        ("spouse", _("Suami atau istri")),
        ("sibling", _("Saudara kandung")),
        ("relative", _("Kerabat")),
        ("guardian", _("Wali")),
        ("police", _("Polisi")),
        ("agency", _("Instansi")),
        ("other", _("Lainnya")),
    ]


def channels() -> list[tuple[str, str]]:
    """How an inquiry reached the desk."""
    return [
        ("desk", _("Datang atau menelepon")),
        ("police", _("Dari polisi")),
        ("agency", _("Dari instansi atau kota lain")),
    ]


def sought_words() -> dict[str, str]:
    """Names of what was said of the sought person."""
    return {
        "name": _("Nama"),
        "alias": _("Nama panggilan"),
        "sex": _("Jenis kelamin"),
        "age": _("Umur"),
        "origin": _("Asal"),
        "marks": _("Tanda tubuh"),
        "mother": _("Nama ibu"),
        "words": _("Ciri lain"),
    }


def proof_words() -> dict[str, str]:
    """The list of proofs before a child goes with somebody."""
    return {
        "identity": _("KTP atau KK diperiksa"),
        "second": _("Bukti kedua"),
        "reaction": _("Reaksi anak dicatat"),
        "ppa": _("Tanda tangan Unit PPA"),
    }
