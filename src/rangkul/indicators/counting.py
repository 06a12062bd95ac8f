"""The figure of a year as a sum of cells, and the slow recount from every fact that it must agree with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import Q, Sum

from rangkul.cases.models import AssessedNeed
from rangkul.directory.city import city
from rangkul.domain import spm
from rangkul.domain.spm import NO_TYPE, Figure, Index, PersonFacts, QualityCount, SpmType, Standing
from rangkul.domain.wib import wib_date
from rangkul.indicators.facts import NOT_SEALED, facts_of
from rangkul.indicators.models import BudgetRecord, Cell, QualityRecord
from rangkul.people.same import kept_id
from rangkul.vault.often import often

PARTS: Final = {"B1": "B.1", "B2": "B.2"}
RECOUNT_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One row of part B: an indicator, what was needed, and what was met by month."""

    id: UUID
    spm_type: str
    part: str
    name: str
    unit: str
    needed: int
    months: tuple[int, ...]

    @property
    def met(self) -> int:
        """Met in the year so far."""
        return sum(self.months)


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One row of part C, in whole rupiah."""

    spm_type: str
    allocation: int
    months: tuple[int, ...]

    @property
    def spent(self) -> int:
        """Spent in the year so far."""
        return sum(self.months)


@dataclass(frozen=True, slots=True)
class YearFigure:
    """Everything that is published of one year: recipients, quality, budget and the index."""

    year: int
    as_of: date
    types: Mapping[SpmType, Figure]
    index: Index
    quality: tuple[QualityRow, ...] = ()
    budget: tuple[BudgetRow, ...] = ()

    def quality_share(self, spm_type: str) -> Fraction | None:
        """Part B of one type, 0 to 100 unrounded; None without a usable row."""
        return spm.quality_share(_counts(self.quality).get(SpmType(spm_type), ()))

    def as_json(self) -> dict[str, Any]:
        """The answer of ``rangkul spm --format json``; scripts rely on it (design §6)."""
        return {
            "year": self.year,
            "types": {
                spm_type.value: {
                    "in_need": figure.in_need,
                    "served": figure.served,
                    "percent": figure.percent,
                    "months": list(figure.months),
                }
                for spm_type, figure in self.types.items()
            },
            "index": self.index.index,
            "band": self.index.band,
            "why": str(self.index.why) if self.index.why else "",
            "as_of": self.as_of.isoformat(),
        }


def spm_figure(year: int, today: date) -> YearFigure:
    """The figure of a year as known now, up to ``today`` or 31 December; three queries whatever the city's size."""
    as_of = spm.last_day(year, today)
    counted = _count_cells(year) if as_of >= date(year, 1, 1) else _nobody()
    return _figure(year, as_of, counted)


def spm_json(year: int, *, at: datetime) -> dict[str, Any]:
    """What ``rangkul spm --year Y --format json`` prints."""
    return spm_figure(year, wib_date(at)).as_json()


def figure_as_of(year: int, as_of: date) -> YearFigure:
    """The figure up to a day in the past, recounted from every fact; for freezing and for proving the cells."""
    day = spm.last_day(year, as_of)
    standings = (stands for _person, _facts, stands in recount(year, day))
    return _figure(year, day, spm.figures(standings))


def recount(year: int, as_of: date) -> Iterator[tuple[UUID, PersonFacts, dict[SpmType, Standing]]]:
    """Every person in need in this year up to this day with the facts behind it, in chunks."""
    needs = AssessedNeed.objects.filter(NOT_SEALED, voided=False, assessed_on__lte=as_of).exclude(
        spm_type=NO_TYPE
    )
    persons = sorted(set(needs.values_list(kept_id(), flat=True)))
    for start in range(0, len(persons), RECOUNT_CHUNK):
        for person, facts in facts_of(persons[start : start + RECOUNT_CHUNK]).items():
            stands = spm.standing(facts, year, as_of)
            if any(stand.in_need for stand in stands.values()):
                yield person, facts, stands


def _nobody() -> dict[SpmType, Figure]:
    return {spm_type: Figure() for spm_type in SpmType}


def _count_cells(year: int) -> dict[SpmType, Figure]:
    """Sum the cells of the year, and the open needs carried into it: all that began to be carried in or before it."""
    rows = _sums(year=year)
    in_need: dict[str, int] = defaultdict(int)
    unknown: dict[str, int] = defaultdict(int)
    months: dict[str, list[int]] = defaultdict(lambda: [0] * 12)
    for spm_type, month, persons, of_these_unknown in rows:
        in_need[spm_type] += persons
        unknown[spm_type] += of_these_unknown
        if month in range(1, Cell.CARRIED):
            months[spm_type][month - 1] = persons
    return {
        each: Figure(in_need[each], sum(months[each]), tuple(months[each]), unknown[each]) for each in SpmType
    }


@often
def _sums(*, year: int) -> Any:  # noqa: ANN401 - a query set of columns
    return (
        Cell.objects.filter(Q(year=year, month__lt=Cell.CARRIED) | Q(year__lte=year, month=Cell.CARRIED))
        .values("spm_type", "month")
        .annotate(sum_persons=Sum("persons"), sum_unknown=Sum("unknown"))
        .values_list("spm_type", "month", "sum_persons", "sum_unknown")
    )


def _figure(year: int, as_of: date, counted: Mapping[SpmType, Figure]) -> YearFigure:
    quality = quality_rows(year)
    return YearFigure(year, as_of, counted, index_of(counted, quality), quality, budget_rows(year))


def index_of(counted: Mapping[SpmType, Figure], quality: tuple[QualityRow, ...]) -> Index:
    """The index by the city's weights and bands. Law: Permendagri 59/2021 (unconfirmed, law.md 1.5)."""
    weights = city().spm_weights
    bands = sorted(((Fraction(band.floor), band.label) for band in city().bands), reverse=True)
    return spm.index(
        counted,
        _counts(quality),
        weights=(Fraction(weights.recipients), Fraction(weights.quality)),
        bands=bands or spm.BANDS,
    )


def _counts(rows: tuple[QualityRow, ...]) -> dict[SpmType, list[QualityCount]]:
    found: dict[SpmType, list[QualityCount]] = defaultdict(list)
    for row in rows:
        part: Literal["B.1", "B.2"] = "B.1" if row.part == "B1" else "B.2"
        found[SpmType(row.spm_type)].append(QualityCount(part, row.needed, row.met))
    return found


def quality_rows(year: int) -> tuple[QualityRow, ...]:
    """Standing rows of part B, by type, part and name."""
    return tuple(QualityRow(*(*row[:-1], tuple(row[-1]))) for row in _quality(year=year))


@often
def _quality(*, year: int) -> Any:  # noqa: ANN401 - a query set of columns
    rows = QualityRecord.objects.filter(year=year, voided_at__isnull=True)
    return rows.values_list("id", "spm_type", "part", "name", "unit", "needed", "months")


def budget_rows(year: int) -> tuple[BudgetRow, ...]:
    """Standing rows of part C, by type."""
    return tuple(
        BudgetRow(spm_type, allocation, tuple(months)) for spm_type, allocation, months in _budget(year=year)
    )


@often
def _budget(*, year: int) -> Any:  # noqa: ANN401 - a query set of columns
    rows = BudgetRecord.objects.filter(year=year, voided_at__isnull=True).order_by("spm_type")
    return rows.values_list("spm_type", "allocation", "months")
