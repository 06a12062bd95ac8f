"""Why somebody may be meant, as codes with a number; the faces put them into words (``WORDS`` are the Indonesian ones)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rangkul.domain.errors import N_
from rangkul.matching.engine.levels import ALL_OF_IT, FEW, MANY, NEARLY, WHOLE, F


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for (or, ``against``, against) the same person. ``n``: years, where the code has them."""

    code: str
    n: int = 0
    against: bool = False


WORDS: Final[dict[str, str]] = {
    "name_same": N_("nama sama"),
    "name_sound": N_("bunyi nama sama"),
    "name_near": N_("bunyi nama mirip"),
    "name_short": N_("nama panggilan cocok"),
    "alias": N_("nama lain cocok"),
    "birth_day": N_("tanggal lahir sama"),
    "age_within": N_("selisih umur ± {n} tahun"),
    "age_far": N_("selisih umur {n} tahun"),
    "village": N_("asal desa yang sama"),
    "district": N_("asal kecamatan yang sama"),
    "regency": N_("asal kabupaten atau kota yang sama"),
    "twin": N_("asal kota atau kabupaten yang senama"),
    "place_differs": N_("asal berbeda"),
    "nik_same": N_("NIK sama"),
    "nik_near": N_("NIK hampir sama"),
    "nik_part": N_("sebagian NIK sama"),
    "nik_differs": N_("NIK berbeda"),
    "nik_place": N_("wilayah NIK cocok dengan asal"),
    "mother": N_("nama ibu cocok"),
    "father": N_("nama ayah cocok"),
    "mark": N_("tanda tubuh sama"),
    "mark_like": N_("tanda tubuh mirip"),
    "sex_differs": N_("jenis kelamin berbeda"),
    "met_there": N_("pernah ditemui di kota ini"),
}
FIELDS: Final[dict[str, str]] = {
    "alias": N_("Nama panggilan atau nama lain?"),
    "age": N_("Berapa umurnya, atau tahun lahirnya?"),
    "origin": N_("Asal dari mana: desa, kecamatan, kabupaten?"),
    "mother": N_("Siapa nama ibunya?"),
    "father": N_("Siapa nama ayahnya?"),
    "nik": N_("NIK, walau hanya sebagian?"),
    "marks": N_("Tanda tubuh: bekas luka, tato, tahi lalat, di mana?"),
}
"""What can be asked, in words."""
_NEAR_YEARS: Final = 6.5
_FAR_YEARS: Final = 10.5
_TELLING_BITS: Final = 3.5
_SAME_MARK, _SAME_TOWN, _SAME_DAY = 2.9, 2.0, 2
_REGENCY_BY_NIK: Final = 4


def reasons(features: Sequence[float]) -> tuple[Reason, ...]:
    """The reasons of one candidate: what speaks for it, strongest kinds first, then what speaks against it."""
    found: list[Reason] = []
    f = {name: features[at] for name, at in F.items()}
    found += _of_number(f)
    found += _of_names(f)
    found += _of_age(f)
    found += _of_place(f)
    found += [Reason(code) for code in ("mother", "father") if f[f"{code}_bits"] >= _TELLING_BITS]
    if f["mark"] >= 1.0:
        found.append(Reason("mark" if f["mark"] >= _SAME_MARK else "mark_like"))
    if f["found"] >= _SAME_TOWN:
        found.append(Reason("met_there"))
    if f["sex"] < 0:
        found.append(Reason("sex_differs", against=True))
    return tuple(sorted(found, key=lambda each: each.against))


def _of_names(f: dict[str, float]) -> list[Reason]:
    near = f["name_nearness"]
    kinds = ((0.999, "name_same"), (0.9, "name_sound"), (0.65, "name_near"), (0.5, "name_short"))
    found = [Reason(code) for least, code in kinds if near >= least][:1]
    if max(f["alias_bits"], f["alias_back_bits"]) >= _TELLING_BITS:
        found.append(Reason("alias"))
    return found


def _of_age(f: dict[str, float]) -> list[Reason]:
    if f["birth_day"] >= _SAME_DAY:
        return [Reason("birth_day")]
    apart = f["years_apart"]
    if apart < 0:
        return []
    if apart <= _NEAR_YEARS:
        return [Reason("age_within", max(1, math.ceil(apart)))]
    return [Reason("age_far", round(apart), against=True)] if apart > _FAR_YEARS else []


def _of_place(f: dict[str, float]) -> list[Reason]:
    code = {6: "village", 5: "district", 4: "regency", 3: "twin"}.get(int(f["place"]))
    if code:
        return [Reason(code)]
    if f["number_place"] >= _REGENCY_BY_NIK:
        return [Reason("nik_place")]
    return [Reason("place_differs", against=True)] if f["place"] == 1 else []


def _of_number(f: dict[str, float]) -> list[Reason]:
    near, digits = f["number"], f["number_digits"]
    if near < 0:
        return []
    if near >= ALL_OF_IT:
        return [Reason("nik_same" if digits >= WHOLE else "nik_part")] if digits >= FEW else []
    if near >= NEARLY and digits >= MANY:
        return [Reason("nik_near")]
    return [Reason("nik_differs", against=True)] if digits >= MANY else []


def in_words(found: Sequence[Reason]) -> str:
    """All reasons in Indonesian, for files."""
    return ", ".join(WORDS[each.code].format(n=each.n) for each in found)
