"""What the people pages say: words of codes, ages as ranges, claims as lines."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.directory.city import city
from rangkul.domain.age import OLDEST, AgeRange
from rangkul.people.queries import ClaimLine, PersonHit, RelationLine, origin_words
from rangkul.people.typed import is_code
from rangkul.vault.sealing import ERASED
from rangkul.web.words import tanggal

GROUPS: Final = {
    "nama": ("name", "alias", "street_name"),
    "lahir": ("birth_date", "age", "sex"),
    "nik": ("nik", "citizenship"),
    "asal": ("origin", "domicile", "language"),
    "hubungi": ("phone",),
    "ciri": ("mark",),
}
"""One form per group of kinds; the code stands in the address."""
GROUP_OF: Final = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
FORM_SOURCES: Final = ("self", "companion", "family", "officer", "document", "dukcapil", "agency")


def group_words(group: str) -> str:
    """The name of a group of claims."""
    return {
        "nama": _("Nama dan sebutan"),
        "lahir": _("Usia dan jenis kelamin"),
        "nik": _("NIK dan kewarganegaraan"),
        "asal": _("Asal, tempat tinggal, bahasa"),
        "hubungi": _("Nomor telepon"),
        "ciri": _("Ciri tetap"),
    }[group]


def kind_words(kind: str) -> str:
    """The name of a kind of claim."""
    return {
        "name": _("Nama"),
        "alias": _("Nama lain"),
        "street_name": _("Nama jalanan"),
        "nik": _("NIK"),
        "birth_date": _("Tanggal lahir"),
        "age": _("Perkiraan usia"),
        "sex": _("Jenis kelamin"),
        "domicile": _("Tempat tinggal"),
        "origin": _("Asal"),
        "citizenship": _("Kewarganegaraan"),
        "photo": _("Foto"),
        "mark": _("Ciri tetap"),
        "phone": _("Telepon"),
        "language": _("Bahasa atau logat"),
    }.get(kind, kind)


def source_words(source: str) -> str:
    """Where a claim comes from."""
    return {
        "self": _("pengakuan sendiri"),
        "companion": _("kata teman seperjalanan"),
        "family": _("kata keluarga"),
        "officer": _("dilihat petugas"),
        "document": _("dokumen dilihat"),
        "dukcapil": _("Dukcapil"),
        "agency": _("instansi lain"),
        "import": _("data masuk"),
        "subject_request": _("permohonan subjek"),
    }.get(source, source)


def confidence_words(confidence: str) -> str:
    """How sure it is."""
    return {"low": _("ragu"), "medium": _("cukup yakin"), "high": _("yakin")}.get(confidence, confidence)


def sex_words(sex: str) -> str:
    """Sex in words; not knowing is a fact."""
    return {"L": _("Laki-laki"), "P": _("Perempuan")}.get(sex, _("jenis kelamin belum diketahui"))


def age_words(age: AgeRange | None) -> str:
    """The age as a range, one number when it is known, or that it is not known."""
    if age is None:
        return _("usia belum diketahui")
    if age.low == age.high:
        return ngettext("%(n)s tahun", "%(n)s tahun", age.low) % {"n": age.low}
    if age.high >= OLDEST:
        return _("%(low)s tahun ke atas") % {"low": age.low}
    return _("%(low)s–%(high)s tahun") % {"low": age.low, "high": age.high}


def origin_line(origin: str) -> str:
    """An origin in words: the name of its region when we know it, the code when not."""
    return (origin_words(origin) or origin) if is_code(origin) else origin


def origin_typed(words: str) -> str:
    """The Kemendagri code of a place named as people name it, when the city's files know it; else the words."""
    plain = words.strip().lower()
    for code, area in city().areas.items():
        name = area.name.lower()
        if plain in {name, name.removeprefix("kabupaten ").removeprefix("kota ")}:
            return code
    return words


def way_words(way: str) -> str:
    """A way to find out who somebody is."""
    return {
        "biometric": _("Biometrik Dukcapil"),
        "photo": _("Perbandingan foto"),
        "dialect": _("Catatan logat"),
    }.get(way, way)


def try_words(result: str) -> str:
    """What came of a try."""
    return {
        "found": _("Ditemukan"),
        "not_recorded": _("Belum terekam di Dukcapil"),
        "device_or_network_failure": _("Alat atau jaringan gagal"),
        "match": _("Ada yang cocok"),
        "no_match": _("Tidak ada yang cocok"),
        "noted": _("Logat tercatat"),
    }.get(result, result)


def claim_words(line: ClaimLine) -> str:
    """What a claim says, in words."""
    if line.kind == "sex":
        return sex_words(line.value)
    if line.kind == "citizenship":
        return {"ya": _("warga negara Indonesia"), "tidak": _("bukan warga negara Indonesia")}.get(
            line.value, line.value
        )
    if line.kind == "origin":
        return origin_line(line.value)
    if line.kind == "age" and line.value != ERASED:
        low, _dash, high = line.value.partition("-")
        return age_words(AgeRange(int(low), int(high), line.claimed_on))
    if line.kind == "birth_date" and line.value != ERASED:
        return tanggal(line.value)
    return line.value


def warning_words(code: str) -> str:
    """What the NIK says otherwise. A warning, never a fault: the number stays as issued."""
    return {
        "birth_date_differs": _(
            "NIK menyebut tanggal lahir lain dari keterangan. Keduanya disimpan; tanyakan lagi."
        ),
        "sex_differs": _("NIK menyebut jenis kelamin yang lain dari keterangan. Periksa kartunya."),
        "nik_also_elsewhere": _("NIK yang sama tercatat pada orang lain. Cari NIK ini untuk membandingkan."),
    }.get(code, code)


def relation_words(line: RelationLine) -> str:
    """How the other person is related to this one."""
    forward = {
        "parent_of": _("anaknya"),
        "guardian_of": _("yang diasuhnya"),
        "sibling": _("saudara kandung"),
        "spouse": _("suami atau istri"),
        "companion": _("teman seperjalanan"),
        "other": _("hubungan lain"),
    }
    backward = {"parent_of": _("ibu atau ayahnya"), "guardian_of": _("walinya")}
    return (backward if line.reverse else {}).get(line.kind) or forward.get(line.kind, line.kind)


def relation_choices() -> list[tuple[str, str]]:
    """The kinds as somebody says them of the other person; two are stored the other way round."""
    return [
        ("parent_of", _("anaknya")),
        ("child_of", _("ibu atau ayahnya")),
        ("sibling", _("saudara kandung")),
        ("spouse", _("suami atau istri")),
        ("companion", _("teman seperjalanan")),
        ("guardian_of", _("yang diasuhnya")),
        ("ward_of", _("walinya")),
        ("other", _("hubungan lain")),
    ]


def hit(found: PersonHit) -> dict[str, Any]:
    """A line of the search."""
    parts = [sex_words(found.sex), age_words(found.age)]
    if found.origin_code:
        parts.append(_("asal %(place)s") % {"place": origin_line(found.origin_code)})
    return {
        "person": {"name": found.label if found.has_name else None, "label": found.label},
        "code": found.code,
        "label": found.label,
        "line": ", ".join(parts),
        "also": found.street_label,
        "level": found.identity_level,
        "contacts": found.contacts,
        "last_met_at": found.last_met_at,
        "holder": found.holder,
    }
