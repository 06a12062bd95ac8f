"""Words of codes: what a criterion asks, what a part of the sheet is called, how a referral stands."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from rangkul.directory.city import city
from rangkul.domain.citydata import InstitutionCriterion
from rangkul.domain.errors import N_

CRITERIA: Final = {
    "min_age": N_("umur paling sedikit {value} tahun"),
    "max_age": N_("umur paling banyak {value} tahun"),
    "sex": N_("jenis kelamin sesuai"),
    "no_infection": N_("tidak sakit menular"),
    "adl_independent": N_("mandiri dalam kegiatan harian (ADL)"),
    "no_family": N_("tidak ada keluarga yang dapat merawat"),
    "id_of_city": N_("KTP kota ini"),
    "identity_level": N_("identitas sudah dipastikan lewat dokumen"),
    "documents": N_("dokumen lengkap"),
    "medical_statement": N_("pernyataan medis"),
}
PARTS: Final = {
    "name": N_("Nama atau sebutan"),
    "sex": N_("Jenis kelamin"),
    "age": N_("Usia"),
    "nik": N_("NIK"),
    "origin": N_("Asal"),
    "asked": N_("Layanan yang diminta"),
    "summary": N_("Ringkasan laporan sosial"),
    "behaviour": N_("Perilaku yang tampak"),
    "health": N_("Hasil kesehatan"),
    "medical": N_("Pernyataan medis"),
    "own": N_("Pernyataan klien"),
    "adl": N_("Mandiri dalam kegiatan harian"),
    "infectious": N_("Sakit menular"),
    "family": N_("Keluarga yang dapat merawat"),
    "skills": N_("Keterampilan dan minat kerja"),
    "documents": N_("Dokumen yang ada"),
    "consent": N_("Persetujuan klien"),
    "sender": N_("Pengirim"),
}
KNOWN: Final = {"yes": N_("ya"), "no": N_("tidak"), "unknown": N_("belum diketahui")}
SEXES: Final = {"L": N_("laki-laki"), "P": N_("perempuan"), "?": N_("belum diketahui")}
STATES: Final = {
    "sent": N_("menunggu jawaban"),
    "accepted": N_("diterima"),
    "declined": N_("ditolak"),
    "withdrawn": N_("ditarik"),
}
OUTCOMES: Final = {
    "income": N_("Punya penghasilan"),
    "activity": N_("Punya kegiatan, belum berpenghasilan"),
    "none": N_("Belum ada"),
    "not_reached": N_("Belum dapat dihubungi"),
}


def criterion_words(row: InstitutionCriterion, language: str = "id") -> str:
    """What the criterion asks, with its number or documents."""
    if row.criterion == "documents":
        return _("dokumen: {names}").format(names=document_words(row.value.split(";"), language))
    return _(CRITERIA[row.criterion]).format(value=row.value)


def document_words(codes: list[str] | tuple[str, ...], language: str = "id") -> str:
    """The documents by name."""
    known = {row.code: row.named(language) for row in city().choices_of("referral_document")}
    return ", ".join(known.get(code, code) for code in codes)


def places_words(codes: tuple[str, ...], language: str = "id") -> str:
    """Institutions by name; a word of help where there is none."""
    known = city().institutions
    names = [known[code].named(language) for code in codes if code in known]
    return "; ".join(names) or _("temu bahas kasus")


def reason_words(code: str, language: str = "id") -> str:
    """The reason of a refusal in words."""
    return next(
        (row.named(language) for row in city().choices_of("refusal_reason") if row.code == code), code
    )


def refusal_words(code: str, language: str = "id") -> str:
    """The reason of a refused hand-over or referral in words; empty where no list of the city has it."""
    lists = (*city().choices_of("hand_over_refusal"), *city().choices_of("refusal_reason"))
    return next((row.named(language) for row in lists if row.code == code), "")


def place_name(code: str, language: str = "id") -> str:
    """The institution by name; the code where the city no longer lists it."""
    row = city().institutions.get(code)
    return row.named(language) if row else code


def result_words(code: str, language: str = "id") -> str:
    """A result in words."""
    row = city().referral_results.get(code)
    return row.named(language) if row else code


def sheet_lines(sheet: list[dict[str, Any]], language: str) -> list[tuple[str, str]]:
    """The sheet as name and value pairs in the reader's language."""
    return [(_(PARTS.get(row["name"], row["name"])), _value(row, language)) for row in sheet]


def _value(row: dict[str, Any], language: str) -> str:
    value = row["value"]
    match row["name"]:
        case "sex":
            return _(SEXES.get(value, value))
        case "adl" | "infectious" | "family":
            return _(KNOWN.get(value, value))
        case "documents":
            return document_words(value, language)
        case "age":
            low, high = value
            return str(low) if low == high else f"{low}–{high}"
        case "consent":
            return _consent(value, language)
        case _:
            return str(value)


def _consent(value: dict[str, str], language: str) -> str:
    if value["way"] == "agreed":
        return _("Klien diberi tahu dan setuju")
    ground = next(
        (row.named(language) for row in city().grounds if row.code == value["ground"]), value["ground"]
    )
    return _("Tanpa persetujuan; dasar: {ground}").format(ground=ground)
