"""Claims as they are typed, read once: what may be stored, or a refusal that names the field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rangkul.domain.age import BANDS, OLDEST, AgeRange, from_birth_date, from_estimate
from rangkul.domain.errors import N_, BadInput
from rangkul.domain.identity import CONFIDENCES, KINDS, SOURCES
from rangkul.domain.names import clean
from rangkul.domain.nik import check_nik
from rangkul.domain.reports import read_phone

ALWAYS_SEALED: Final = frozenset({"nik", "phone"})
NAMES: Final = ("name", "alias", "street_name")
"""What a person is called; of a minor it stands sealed."""
LONGEST: Final = {
    "name": 120,
    "alias": 120,
    "street_name": 120,
    "origin": 120,
    "domicile": 200,
    "mark": 120,
    "language": 60,
}
_CODE: Final = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
_LABEL_PARTS: Final = 3
_AGE_DIGITS: Final = 3
_EARLIEST: Final = date(1890, 1, 1)


class ClaimKindUnknown(BadInput):
    """Not a kind of claim."""

    code = "claim_kind_unknown"
    says = N_("Pilih jenis keterangan dari daftar.")


class ClaimEmpty(BadInput):
    """Nothing was said."""

    code = "claim_empty"
    says = N_("Isi keterangannya, atau biarkan dan kembali; tidak tahu bukan kesalahan.")


class ClaimTooLong(BadInput):
    """Longer than anybody says it."""

    code = "claim_too_long"
    says = N_("Terlalu panjang: paling banyak {most} huruf. Ringkas, lalu simpan lagi.")


class SourceUnknown(BadInput):
    """Every claim says where it comes from."""

    code = "claim_source_unknown"
    says = N_("Pilih dari mana keterangan ini.")


class DateNotPossible(BadInput):
    """In the future, or longer ago than anybody lives."""

    code = "claim_date_not_possible"
    says = N_("Tertulis {typed}. Periksa tahunnya: belum terjadi, atau terlalu lama lalu.")


class AgeNotPossible(BadInput):
    """Not an age or a range of ages."""

    code = "age_not_possible"
    says = N_("Tulis usia seperti 45 atau 40-50, antara 0 dan 120.")


class ChoiceUnknown(BadInput):
    """Not one of the answers."""

    code = "claim_choice_unknown"
    says = N_("Pilih salah satu jawaban.")


class RealNikInTraining(BadInput):
    """No real personal data where people are invented."""

    code = "real_nik_in_training"
    says = N_(
        "Ini instansi latihan: jangan isi NIK sungguhan. Pakai NIK dengan kecamatan 99, misalnya 3371990101800001."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """One thing somebody said or showed. ``claimed_on`` is today when not given."""

    kind: str
    value: str
    source: str = "self"
    source_words: str = ""
    confidence: str = "medium"
    claimed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Who was met, as far as anybody knows. Everything may be empty (design §1.2).

    Args:
        age: years (``45``), a range (``40-50``) or a band of ``domain.age``; ``birth_date`` beats it.
        feature, place: parts of the street label, which is made when there is no name.
        person_key: of an import; unique.
    """

    name: str = ""
    alias: str = ""
    street_name: str = ""
    nik: str = ""
    birth_date: date | None = None
    age: str = ""
    sex: str = "?"
    origin: str = ""
    domicile: str = ""
    citizen: str = ""
    phone: str = ""
    marks: tuple[str, ...] = ()
    language: str = ""
    feature: str = ""
    place: str = ""
    source: str = "self"
    source_words: str = ""
    on: date | None = None
    person_key: str | None = None


OBSERVED: Final = frozenset({"age", "sex", "mark"})
"""What an officer sees; the rest is said by somebody."""


def claims_of(new: NewPerson) -> list[NewClaim]:
    """The claims that a new person begins with, each with its source."""
    said = [
        ("name", new.name),
        ("alias", new.alias),
        ("street_name", new.street_name),
        ("nik", new.nik),
        ("birth_date", new.birth_date.isoformat() if new.birth_date else ""),
        ("age", "" if new.age == "?" else new.age),
        ("sex", "" if new.sex == "?" else new.sex),
        ("origin", new.origin),
        ("domicile", new.domicile),
        ("citizenship", "" if new.citizen == "?" else new.citizen),
        ("phone", new.phone),
        *(("mark", mark) for mark in new.marks),
        ("language", new.language),
    ]
    return [
        NewClaim(
            kind=kind,
            value=value,
            source="officer" if kind in OBSERVED and new.source == "self" else new.source,
            source_words=new.source_words,
            claimed_on=new.on,
        )
        for kind, value in said
        if value.strip()
    ]


def read_claim(new: NewClaim, today: date, *, training: bool) -> NewClaim:
    """Return the claim as it may be stored, or refuse.

    Raises:
        BadInput: the field that is wrong is named by the claim's kind.
    """
    if new.kind not in _READERS:
        raise ClaimKindUnknown(field="kind")
    if new.source not in SOURCES:
        raise SourceUnknown(field="source")
    if new.confidence not in CONFIDENCES:
        raise ChoiceUnknown(field="confidence")
    on = new.claimed_on or today
    if not _EARLIEST <= on <= today:
        raise DateNotPossible(field="claimed_on", typed=on.isoformat())
    value = clean(new.value)
    if not value:
        raise ClaimEmpty(field=new.kind)
    value = (
        _nik(value, today, training=training)
        if new.kind == "nik"
        else _READERS[new.kind](new.kind, value, today)
    )
    return NewClaim(
        kind=new.kind,
        value=value,
        source=new.source,
        source_words=clean(new.source_words)[:200] if new.source_words else "",
        confidence=new.confidence,
        claimed_on=on,
    )


def _nik(value: str, today: date, *, training: bool) -> str:
    reading = check_nik(value, today, training=training)
    if training and not reading.is_training:
        raise RealNikInTraining(field="nik")
    return reading.digits


def _words(kind: str, value: str, _today: date) -> str:
    if len(value) > LONGEST[kind]:
        raise ClaimTooLong(field=kind, most=LONGEST[kind])
    return value


def _birth_date(kind: str, value: str, today: date) -> str:
    try:
        born = date.fromisoformat(value)
    except ValueError:
        raise DateNotPossible(field=kind, typed=value[:20]) from None
    if not _EARLIEST <= born <= today:
        raise DateNotPossible(field=kind, typed=born.isoformat())
    return born.isoformat()


_BAND_TEXTS: Final = {code: f"{low}-{high}" for code, low, high in BANDS}


def _age(kind: str, value: str, today: date) -> str:
    text = _BAND_TEXTS.get(value, value).replace("±", "").replace("–", "-").replace(" ", "")
    low, dash, high = text.partition("-")
    if not (
        low.isascii()
        and low.isdigit()
        and len(low) <= _AGE_DIGITS
        and (not dash or (high.isascii() and high.isdigit()))
    ):
        raise AgeNotPossible(field=kind)
    found = (int(low), int(high[:4])) if dash else None
    if found is None:
        around = from_estimate(int(low), today)
        found = (around.low, min(around.high, OLDEST)) if int(low) <= OLDEST else (1, 0)
    if not 0 <= found[0] <= found[1] <= OLDEST:
        raise AgeNotPossible(field=kind)
    return f"{found[0]}-{found[1]}"


def _sex(kind: str, value: str, _today: date) -> str:
    if value not in {"L", "P"}:
        raise ChoiceUnknown(field=kind)
    return value


def _citizenship(kind: str, value: str, _today: date) -> str:
    if value not in {"ya", "tidak"}:
        raise ChoiceUnknown(field=kind)
    return value


def _phone(_kind: str, value: str, _today: date) -> str:
    return read_phone(value)


def _photo(_kind: str, value: str, _today: date) -> str:
    return value[:36]


_READERS: Final[dict[str, Callable[[str, str, date], str]]] = {
    **dict.fromkeys(LONGEST, _words),
    "nik": _words,
    "birth_date": _birth_date,
    "age": _age,
    "sex": _sex,
    "citizenship": _citizenship,
    "phone": _phone,
    "photo": _photo,
}
if set(_READERS) != set(KINDS):
    raise AssertionError("every kind of claim has a reader")


def age_of(value: str, on: date) -> AgeRange:
    """The range behind a stored age claim."""
    low, high = value.split("-")
    return AgeRange(int(low), int(high), on)


def born_range(age: AgeRange) -> tuple[date, date]:
    """The earliest and latest birth date of somebody of this age on that day."""
    return _years_before(age.as_of, age.high + 1) + timedelta(days=1), _years_before(age.as_of, age.low)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 2, 28)


def age_of_new(new: NewPerson, today: date) -> AgeRange | None:
    """The age of somebody who is being registered, or None when nobody can tell.

    Raises:
        AgeNotPossible, DateNotPossible: as they say.
    """
    if new.birth_date is not None:
        return from_birth_date(
            date.fromisoformat(_birth_date("birth_date", new.birth_date.isoformat(), today)), today
        )
    if new.age and new.age != "?":
        return age_of(_age("age", new.age, today), new.on or today)
    return None


def is_code(origin: str) -> bool:
    """Is this origin a Kemendagri code (province, regency, kecamatan or kelurahan)?"""
    return bool(_CODE.fullmatch(origin))


def is_telling(label: str) -> bool:
    """A street label of who and code alone tells nothing; one that says what one sees, or where, does."""
    return label.count("-") + 1 >= _LABEL_PARTS
