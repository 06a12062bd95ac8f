"""Who is in need and who was served: the counting rules of the five social minimum standards (SPM).

One pure function, :func:`standing`, looks at one person and one year. Every figure is a count over its
answers and every drill-down shows them, so that a figure opens to its persons and each person to dated
proofs.

Law: PP 2/2018 art. 10 (types, recipients, only citizens); Permensos 9/2018 annex (served / in need x 100,
persons and not visits, one fiscal year, target 100); Permendagri 59/2021 (0.80 recipients + 0.20 quality,
bands; the weights and bands are unconfirmed, see law.md 1.5 and 10). Counting rules: design 3.4. All dates
are WIB dates.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from rangkul.domain.errors import N_


class SpmType(StrEnum):
    """The five service types of PP 2/2018 art. 10(3), as the files and the API write them."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"
    S5 = "S5"


NO_TYPE: Final = "none"
"""What an assessment says that names no SPM type."""

ITEMS: Final = (
    "permakanan",
    "sandang",
    "alat_bantu",
    "reunifikasi",
    "bimbingan_fms",
    "bimbingan_keluarga",
    "adminduk",
    "akses_dik_kes",
    "data_pengaduan",
    "kedaruratan",
    "penelusuran_keluarga",
    "rujukan",
    "perbekalan_kesehatan",
)
"""The 13 basic service items in the order of law.md 1.3."""

OUTSIDE: Final = "luar_panti"
INSIDE: Final = "panti"

Citizen: TypeAlias = Literal["ya", "tidak"] | None
"""Newest claim on citizenship; ``None`` is unknown, which counts and is flagged."""


@dataclass(frozen=True, slots=True)
class AssessmentFact:
    """One type named by one assessment; an assessment that names two types is two facts.

    ``recorded_order`` grows with the moment of recording: of two on one day the one recorded last holds.
    ``case_id`` is empty for an imported assessment, which belongs to the person and opens no case.
    """

    assessed_on: date
    recorded_order: int
    spm_type: str
    items: frozenset[str]
    case_id: Hashable | None = None


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """One service given; ``proven`` means that a proof hangs on it."""

    item: str
    given_on: date
    proven: bool
    setting: str = OUTSIDE


@dataclass(frozen=True, slots=True)
class CaseSpan:
    """A stretch in which a case was open; a reopening is one more span with the same ``case_id``."""

    case_id: Hashable
    opened_on: date
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Everything about one person (after merges) that counting needs. Voided rows are not passed."""

    citizen: Citizen = None
    assessments: tuple[AssessmentFact, ...] = ()
    services: tuple[ServiceFact, ...] = ()
    cases: tuple[CaseSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands in one type and one year.

    ``proven`` gives for each needed item its earliest counted date. ``unproven_items`` have a record of the
    year but none with a proof (*belum ada bukti dukung*); ``missing`` have no record at all.
    ``served_month`` is 1 to 12.
    """

    in_need: bool
    reason: Literal["assessed", "carried"] | None = None
    needed: tuple[str, ...] = ()
    proven: Mapping[str, date] | None = None
    unproven_items: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    served: bool = False
    served_month: int | None = None
    citizenship_unknown: bool = False

    @property
    def lacking(self) -> tuple[str, ...]:
        """The gap list: needed items that nothing counted stands for yet, in the order of ``needed``."""
        proven = self.proven or {}
        return tuple(item for item in self.needed if item not in proven)


NOT_IN_NEED: Final = Standing(in_need=False)


def last_day(year: int, as_of: date) -> date:
    """Return the last date that counts for a year: ``as_of`` or 31 December, whichever is earlier."""
    return min(as_of, date(year, 12, 31))


def standing(facts: PersonFacts, year: int, as_of: date) -> dict[SpmType, Standing]:
    """Say for each of the five types whether the person is in need in ``year`` and whether the need was met.

    In need: not known to be a foreigner, and assessed for the type within the year up to ``as_of``, or
    carried over: a case open when 1 January begins holds an assessment for the type dated before. A case
    closed on 31 December is no longer open then; one closed on 1 January is. Served: every needed item has
    a proven service outside panti within the year up to ``as_of``. A year that has not begun has nobody in
    need.

    Law: design 3.4; Permensos 9/2018 annex.
    """
    first, last = date(year, 1, 1), last_day(year, as_of)
    if last < first or facts.citizen == "tidak":
        return dict.fromkeys(SpmType, NOT_IN_NEED)
    open_at_new_year = {
        span.case_id
        for span in facts.cases
        if span.opened_on < first and (span.closed_on is None or span.closed_on >= first)
    }
    proven, recorded = _given(facts.services, first, last)
    named = {fact.spm_type for fact in facts.assessments}
    return {
        spm_type: NOT_IN_NEED
        if spm_type not in named
        else _of_type(
            [fact for fact in facts.assessments if fact.spm_type == spm_type and fact.assessed_on <= last],
            first,
            open_at_new_year,
            proven,
            recorded,
            citizenship_unknown=facts.citizen is None,
        )
        for spm_type in SpmType
    }


def _given(services: Iterable[ServiceFact], first: date, last: date) -> tuple[dict[str, date], set[str]]:
    """Return the earliest proven date per item and every item with a record: outside panti, in time."""
    proven: dict[str, date] = {}
    recorded: set[str] = set()
    for service in services:
        if service.setting != OUTSIDE or not first <= service.given_on <= last:
            continue
        recorded.add(service.item)
        if service.proven and service.given_on < proven.get(service.item, date.max):
            proven[service.item] = service.given_on
    return proven, recorded


def _of_type(
    assessments: Sequence[AssessmentFact],
    first: date,
    open_at_new_year: set[Hashable],
    proven: Mapping[str, date],
    recorded: set[str],
    *,
    citizenship_unknown: bool,
) -> Standing:
    reason: Literal["assessed", "carried"]
    if any(fact.assessed_on >= first for fact in assessments):
        reason = "assessed"
    elif any(fact.case_id in open_at_new_year for fact in assessments):
        reason = "carried"
    else:
        return NOT_IN_NEED
    newest = max(assessments, key=lambda fact: (fact.assessed_on, fact.recorded_order))
    needed = tuple(sorted(newest.items))
    met = {item: proven[item] for item in needed if item in proven}
    # An assessment without items is refused when it is recorded; should one exist, nobody is served by
    # nothing.
    served = bool(needed) and len(met) == len(needed)
    return Standing(
        in_need=True,
        reason=reason,
        needed=needed,
        proven=met,
        unproven_items=tuple(item for item in needed if item in recorded and item not in met),
        missing=tuple(item for item in needed if item not in recorded),
        served=served,
        served_month=max(met.values()).month if served else None,
        citizenship_unknown=citizenship_unknown,
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of one type and year: persons, never visits.

    ``months`` holds, January first, how many became served in each month; they sum to ``served``.
    """

    in_need: int = 0
    served: int = 0
    months: tuple[int, ...] = (0,) * 12
    citizenship_unknown: int = 0

    @property
    def percent(self) -> str | None:
        """Served per hundred in need, two decimals half-up; ``None`` when nobody is in need (N/A)."""
        share = self.share
        return None if share is None else two_decimals(share)

    @property
    def share(self) -> Fraction | None:
        """The same, unrounded and never above 100, for the index."""
        return None if self.in_need == 0 else _share(self.served, self.in_need)


def figures(standings: Iterable[Mapping[SpmType, Standing]]) -> dict[SpmType, Figure]:
    """Count the standings of many persons; each person counts once per type."""
    counts = {spm_type: [0, 0, 0] for spm_type in SpmType}
    months = {spm_type: [0] * 12 for spm_type in SpmType}
    for person in standings:
        for spm_type, stand in person.items():
            if not stand.in_need:
                continue
            count = counts[spm_type]
            count[0] += 1
            count[2] += stand.citizenship_unknown
            if stand.served_month is not None:
                count[1] += 1
                months[spm_type][stand.served_month - 1] += 1
    return {
        spm_type: Figure(needing, served, tuple(months[spm_type]), unknown)
        for spm_type, (needing, served, unknown) in counts.items()
    }


def two_decimals(number: Fraction | Decimal | int) -> str:
    """Write a number with two decimals, half-up: 2/3 of 100 is ``66.67``, 1/800 of 100 is ``0.13``."""
    exact = Fraction(number)
    # The quotient is cut far behind the second decimal; a half stays a half because 1/200 divides 10**12.
    scaled = Decimal(exact.numerator * 10**12 // exact.denominator) / Decimal(10**12)
    return str(scaled.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def _share(met: int, needed: int) -> Fraction:
    return min(Fraction(met * 100, needed), Fraction(100))


WEIGHTS: Final = (Fraction(80, 100), Fraction(20, 100))
"""Of recipients (part A) and quality (part B). Law: Permendagri 59/2021 (unconfirmed, law.md 1.5)."""

BANDS: Final = (
    (Fraction(100), "Tuntas Paripurna"),
    (Fraction(90), "Tuntas Utama"),
    (Fraction(80), "Tuntas Madya"),
    (Fraction(70), "Tuntas Pratama"),
    (Fraction(60), "Tuntas Muda"),
    (Fraction(0), "Belum Tuntas"),
)
"""Lower bounds on the unrounded index. Law: Permendagri 59/2021 (unconfirmed, law.md 1.5)."""

QualityRule: TypeAlias = Literal["mean", "sum"]
"""How part B is joined: the mean of the indicators' percents, or met summed by needed summed (law.md 1.5)."""


@dataclass(frozen=True, slots=True)
class QualityCount:
    """One quality indicator of a type and year: B.1 goods and services or B.2 staff.

    ``needed`` 0 is left out.
    """

    part: Literal["B.1", "B.2"]
    needed: int
    met: int


@dataclass(frozen=True, slots=True)
class WhyNoIndex:
    """Why there is no index: words in the source language, and the types they are about."""

    says: str
    types: tuple[SpmType, ...] = ()

    def __str__(self) -> str:
        return self.says.format(types=", ".join(self.types))


@dataclass(frozen=True, slots=True)
class Index:
    """The SPM index of a year: two decimals, its band, or why there is none."""

    index: str | None
    band: str | None
    why: WhyNoIndex | None = None


NOBODY_IN_NEED: Final = N_("Belum ada orang yang tercatat membutuhkan layanan SPM pada tahun ini.")
QUALITY_MISSING: Final = N_("Catatan mutu (B.1/B.2) tahun ini belum diisi untuk {types}.")


def quality_share(counts: Sequence[QualityCount], rule: QualityRule = "mean") -> Fraction | None:
    """Return part B of one type, 0 to 100 unrounded, each percent capped at 100.

    ``None`` without a usable count.
    """
    usable = [count for count in counts if count.needed > 0]
    if not usable:
        return None
    if rule == "sum":
        return _share(sum(count.met for count in usable), sum(count.needed for count in usable))
    return sum((_share(count.met, count.needed) for count in usable), Fraction(0)) / len(usable)


def index(
    counted: Mapping[SpmType, Figure],
    quality: Mapping[SpmType, Sequence[QualityCount]],
    *,
    rule: QualityRule = "mean",
    weights: tuple[Fraction, Fraction] = WEIGHTS,
    bands: Sequence[tuple[Fraction, str]] = BANDS,
) -> Index:
    """Return the mean over the types with somebody in need of 0.80 x recipients + 0.20 x quality.

    Computed from unrounded percents, each capped at 100, and shown to two decimals half-up; the band is
    read from the unrounded index, so 99.996 is shown as ``100.00`` and is still *Tuntas Utama*. Without a
    quality record for a type in need there is neither index nor band, and ``why`` names the types.

    Law: Permendagri 59/2021 (unconfirmed, law.md 1.5); design 3.4.
    """
    shares = {spm_type: counted[spm_type].share for spm_type in SpmType if spm_type in counted}
    in_need = {spm_type: share for spm_type, share in shares.items() if share is not None}
    if not in_need:
        return Index(None, None, WhyNoIndex(NOBODY_IN_NEED))
    qualities = {spm_type: quality_share(quality.get(spm_type, ()), rule) for spm_type in in_need}
    if lacking := tuple(spm_type for spm_type, share in qualities.items() if share is None):
        return Index(None, None, WhyNoIndex(QUALITY_MISSING, lacking))
    joined = [
        weights[0] * share + weights[1] * (qualities[spm_type] or 0) for spm_type, share in in_need.items()
    ]
    exact = sum(joined, Fraction(0)) / len(joined)
    band = next(name for bound, name in bands if exact >= bound)
    return Index(two_decimals(exact), band)
