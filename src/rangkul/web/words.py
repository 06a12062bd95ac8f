"""Dates, spans and numbers as people read them, in the language of the page.

Indonesian is the source; the tables below hold both languages, because month names are not worth a catalogue entry.
Moments are shown in WIB whatever the server's clock says. ``None`` is words, never a dash.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

WIB = ZoneInfo("Asia/Jakarta")
Moment: TypeAlias = datetime | date | str | None

_DAYS = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_DAYS_LONG = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_MONTHS_LONG = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_UNKNOWN = {"id": "belum diketahui", "en": "not known yet"}
_NOW = {"id": "baru saja", "en": "just now"}
_UNITS = {
    "id": {"minute": ("menit", "menit"), "hour": ("jam", "jam"), "day": ("hari", "hari")},
    "en": {"minute": ("minute", "minutes"), "hour": ("hour", "hours"), "day": ("day", "days")},
}
_PAST = {"id": "{} lalu", "en": "{} ago"}
_FUTURE = {"id": "{} lagi", "en": "in {}"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def language() -> str:
    """``id`` or ``en``: the language of the page being drawn."""
    return "en" if (translation.get_language() or "id").startswith("en") else "id"


def as_moment(value: Moment) -> datetime | date | None:
    """Read a moment in WIB; ISO text is accepted, a moment without zone is taken as UTC (as stored)."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
    return _in_wib(value) if isinstance(value, datetime) else value


@lru_cache(maxsize=2048)
def _in_wib(value: datetime) -> datetime:
    """A list shows the same moments in several forms, and often the same ones in many rows."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(WIB)


def _today() -> date:
    return timezone.now().astimezone(WIB).date()


def wib_date(value: Moment) -> str:
    """``Sen 23 Nov``, with the year when it is not this year."""
    moment = as_moment(value)
    return _UNKNOWN[language()] if moment is None else _day(moment, language(), _today().year)


@lru_cache(maxsize=4096)
def _day(moment: date, tongue: str, this_year: int) -> str:
    text = f"{_DAYS[tongue][moment.weekday()]} {moment.day} {_MONTHS[tongue][moment.month - 1]}"
    return text if moment.year == this_year else f"{text} {moment.year}"


def jam(value: Moment) -> str:
    """``08.12``."""
    moment = as_moment(value)
    return _hour(moment) if isinstance(moment, datetime) else ""


@lru_cache(maxsize=4096)
def _hour(moment: datetime) -> str:
    return f"{moment:%H.%M}"


def wib(value: Moment) -> str:
    """``Sen 23 Nov, 08.12``; a bare date has no hour."""
    moment = as_moment(value)
    if moment is None:
        return _UNKNOWN[language()]
    day = _day(moment, language(), _today().year)
    return f"{day}, {_hour(moment)}" if isinstance(moment, datetime) else day


def hari_tanggal(value: Moment) -> str:
    """``Senin, 23 November 2026``."""
    moment = as_moment(value)
    if moment is None:
        return _UNKNOWN[language()]
    return f"{_DAYS_LONG[language()][moment.weekday()]}, {tanggal(value)}"


def tanggal(value: Moment) -> str:
    """``23 November 2026``."""
    moment = as_moment(value)
    if moment is None:
        return _UNKNOWN[language()]
    return f"{moment.day} {_MONTHS_LONG[language()][moment.month - 1]} {moment.year}"


def tanggal_pendek(value: Moment) -> str:
    """``23 Nov``, with the year when it is not this year: for rails and time lines."""
    moment = as_moment(value)
    if moment is None:
        return _UNKNOWN[language()]
    text = f"{moment.day} {_MONTHS[language()][moment.month - 1]}"
    return text if moment.year == _today().year else f"{text} {moment.year}"


def bulan(number: int) -> str:
    """Short name of a month, 1 to 12."""
    return _MONTHS[language()][number - 1]


def iso(value: Moment) -> str:
    """The machine form for ``<time datetime>``; empty when unknown."""
    moment = as_moment(value)
    return (
        ""
        if moment is None
        else moment.isoformat(timespec="minutes")
        if isinstance(moment, datetime)
        else str(moment)
    )


def lama(seconds: float) -> str:
    """A span in its largest whole unit: ``3 hari``, ``5 jam``, ``12 menit``."""
    tongue = language()
    size = abs(seconds)
    unit, length = (
        ("day", _DAY) if size >= _DAY else ("hour", _HOUR) if size >= _HOUR else ("minute", _MINUTE)
    )
    count = int(size // length)
    one, many = _UNITS[tongue][unit]
    return f"{count} {one if count == 1 else many}"


def ago(value: Moment) -> str:
    """``3 hari lalu``, ``baru saja``, ``2 jam lagi``; for a bare date counted in days."""
    moment = as_moment(value)
    if moment is None:
        return _UNKNOWN[language()]
    tongue = language()
    if not isinstance(moment, datetime):
        days = (_today() - moment).days
        if days == 0:
            return {"id": "hari ini", "en": "today"}[tongue]
        return (_PAST if days > 0 else _FUTURE)[tongue].format(lama(days * _DAY))
    seconds = (timezone.now() - moment).total_seconds()
    if abs(seconds) < _MINUTE:
        return _NOW[tongue]
    return (_PAST if seconds > 0 else _FUTURE)[tongue].format(lama(seconds))


def sudah(value: Moment) -> str:
    """How long it has lasted: ``sudah 3 hari``."""
    moment = as_moment(value)
    if moment is None:
        return ""
    seconds = (
        (timezone.now() - moment).total_seconds()
        if isinstance(moment, datetime)
        else float((_today() - moment).days * _DAY)
    )
    return {"id": "sudah {}", "en": "for {}"}[language()].format(lama(max(seconds, 0)))


def angka(value: float | Decimal | str | None, places: int | None = None) -> str:
    """``1.842`` and ``81,58`` (English: ``1,842`` and ``81.58``); what is not known is words."""
    if value is None or value == "":
        return {"id": "belum ada", "en": "none yet"}[language()]
    number = Decimal(str(value))
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{number:,f}"
    return text if language() == "en" else text.translate(str.maketrans(",.", ".,"))


def initials(name: str | None) -> str:
    """Up to two letters of a person's own name; empty when there is none (then the token shows a question mark)."""
    letters = [word[0] for word in (name or "").replace(".", " ").split() if word[0].isalpha()]
    return "".join(letters[:2]).upper()


def suku(text: str) -> str:
    """Soft hyphens between the syllables of long words, for narrow tiles: ``Re-jo-wi-na-ngun``."""
    return re.sub(r"[^\W\d_]{9,}", lambda word: _syllables(word[0]), text)


def _syllables(word: str) -> str:
    sounds = re.findall(r"ng|ny|kh|sy|.", word, re.IGNORECASE)
    vowels = [sound.lower() in "aiueo" for sound in sounds]
    parts = [sounds[0]]
    for here in range(1, len(sounds)):
        # A syllable begins at the consonant before a vowel; one or two letters are not left alone.
        inside = 1 < here < len(sounds) - 2
        begins = inside and not vowels[here] and vowels[here + 1]
        parts.append(f"\u00ad{sounds[here]}" if begins else sounds[here])
    return "".join(parts)
