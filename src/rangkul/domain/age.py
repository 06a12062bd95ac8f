"""Age as a range with the date on which it was true (design 1.2: a guessed age is a full record).

Unit: completed years. A range that starts below 18 counts as a minor (design 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

ADULT_AT: Final = 18
"""Law: UU 35/2014 art. 1, PP 78/2021 art. 1: a child is not yet 18."""
ELDER_AT: Final = 60
"""Law: UU 13/1998 art. 1 (PP 43/2004): lanjut usia is 60 or older."""
OLDEST: Final = 120

_SPREADS: Final = ((13, 2), (25, 3), (float("inf"), 5))
"""Below which age a guess is how many years wide to either side."""

BANDS: Final = (
    ("0-5", 0, 5),
    ("6-12", 6, 12),
    ("13-17", 13, 17),
    ("18-30", 18, 30),
    ("31-45", 31, 45),
    ("46-59", 46, 59),
    ("60+", 60, OLDEST),
)
"""What an officer can tell at night: code, first and last age. ``?`` is the eighth answer."""
UNKNOWN_BAND: Final = "?"


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Between ``low`` and ``high`` completed years (both included) on the date ``as_of``."""

    low: int
    high: int
    as_of: date

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError("an age range runs upward from 0")

    @property
    def is_minor(self) -> bool:
        """True when the range starts below 18: in doubt a child."""
        return self.low < ADULT_AT

    @property
    def is_surely_minor(self) -> bool:
        """True when even the oldest guess is below 18; only this puts *anak* into a street label."""
        return self.high < ADULT_AT

    @property
    def is_exact(self) -> bool:
        """True when the age is one number."""
        return self.low == self.high

    @property
    def middle(self) -> int:
        """The age to print behind ±, rounded down."""
        return (self.low + self.high) // 2

    def on(self, today: date) -> AgeRange:
        """Return the range on another day.

        Whole years are added to both ends, and one more to the upper end for the birthday that may have
        passed in the part of a year; before ``as_of`` it is the other way round. The true age never falls
        outside.
        """
        if today >= self.as_of:
            whole = _whole_years(self.as_of, today)
            part = 0 if _anniversary(self.as_of, whole) == today else 1
            return AgeRange(self.low + whole, self.high + whole + part, today)
        whole = _whole_years(today, self.as_of)
        part = 0 if _anniversary(today, whole) == self.as_of else 1
        return AgeRange(max(0, self.low - whole - part), max(0, self.high - whole), today)

    def overlaps(self, other: AgeRange, *, within: int = 0) -> bool:
        """Say whether both can be one person's age, forgiving ``within`` years of guessing.

        Compared on one day.
        """
        moved = other.on(self.as_of)
        return self.low - within <= moved.high and moved.low - within <= self.high


def completed_years(born: date, today: date) -> int:
    """Return the age in completed years; one born on 29 February turns a year older on 1 March.

    Raises:
        ValueError: born after ``today``.
    """
    if born > today:
        raise ValueError("born in the future")
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def from_birth_date(born: date, today: date) -> AgeRange:
    """Return the exact age on ``today``."""
    years = completed_years(born, today)
    return AgeRange(years, years, today)


def from_birth_range(born_from: date | None, born_to: date | None, today: date) -> AgeRange | None:
    """Return the age of one born between two dates, or ``None`` when nothing is known or it is before birth."""
    if born_from is None or born_to is None or today < born_from:
        return None
    low = completed_years(born_to, today) if born_to <= today else 0
    return AgeRange(low, completed_years(born_from, today), today)


def from_estimate(years: int, as_of: date, spread: int | None = None) -> AgeRange:
    """Return the range behind a guess such as ±45.

    Args:
        years: the guess.
        as_of: the day of the guess.
        spread: years to either side; by default 2 below 13, 3 below 25 and 5 above, because a child's age
            shows better than a grown person's (our choice, no law).
    """
    around = spread if spread is not None else default_spread(years)
    return AgeRange(max(0, years - around), max(0, years + around), as_of)


def default_spread(years: int) -> int:
    """Return how many years a guess may be wrong to either side."""
    return next(spread for below, spread in _SPREADS if years < below)


def from_band(band: str, as_of: date) -> AgeRange | None:
    """Return the range of a band, or ``None`` for ``?``.

    Raises:
        KeyError: no such band.
    """
    if band == UNKNOWN_BAND:
        return None
    low, high = {code: (low, high) for code, low, high in BANDS}[band]
    return AgeRange(low, high, as_of)


def band_of(age: AgeRange | None) -> str:
    """Return the band in which the middle of the range lies, or ``?``."""
    if age is None:
        return UNKNOWN_BAND
    return next((code for code, low, high in BANDS if low <= age.middle <= high), BANDS[-1][0])


def is_minor(age: AgeRange | None) -> bool:
    """Say whether somebody counts as a minor; an unknown age alone does not make one (the gate asks)."""
    return age is not None and age.is_minor


def is_likely_year_only(born: date) -> bool:
    """Say whether a birth date probably stands for a year.

    1 January, 1 July and 31 December are what clerks write.
    """
    return (born.month, born.day) in {(1, 1), (7, 1), (12, 31)}


def age_warning(spm_type: str, age: AgeRange | None) -> str | None:
    """Return a code when an age does not fit an SPM type: a line of the data-quality list, never a refusal.

    Law: law.md 1.2: S2 neglected child (below 18), S3 neglected elder (60 or older); the others know no age.
    """
    if age is None:
        return None
    if spm_type == "S2" and age.low >= ADULT_AT:
        return "s2_not_a_child"
    if spm_type == "S3" and age.high < ELDER_AT:
        return "s3_not_an_elder"
    return None


def _whole_years(first: date, last: date) -> int:
    return last.year - first.year - (_anniversary(first, last.year - first.year) > last)


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
