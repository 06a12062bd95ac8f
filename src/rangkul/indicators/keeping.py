"""Keeps who is in need and who was served, per person, year and type, exactly as the pure function says (design §3.4).

``Standing`` holds every year up to the last one in which something is known of the person; ``OpenNeed`` says from which
year on an open case carries the need further; ``Cell`` counts both. All three are written here and nowhere else, in the
transaction of the act that changed a fact.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from rangkul.domain import spm
from rangkul.indicators.facts import locked_facts_of, service_rows
from rangkul.indicators.models import Cell, OpenNeed, Standing
from rangkul.people.same import links_of
from rangkul.vault.often import often

CHUNK: Final = 1000
SHARDS: Final = 64
_LISTED = (
    "needed",
    "missing",
    "unproven",
    "served",
    "served_month",
    "assessed_on",
    "reason",
    "citizenship_unknown",
)
CellKey: TypeAlias = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Stand:
    """A standing as it is stored: lists of items joined by ``;``."""

    needed: str
    missing: str
    unproven: str
    served: bool
    served_month: int | None
    assessed_on: date
    reason: str
    citizenship_unknown: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """An open need as it is stored."""

    from_year: int
    needed: str
    assessed_on: date
    citizenship_unknown: bool


class CellChanges:
    """Differences to the counts, collected and written at once."""

    def __init__(self) -> None:
        self._persons: Counter[CellKey] = Counter()
        self._unknown: Counter[CellKey] = Counter()

    def add(self, year: int, spm_type: str, month: int | None, unknown: bool, by: int = 1) -> None:  # noqa: FBT001 - a cell and its columns
        """Count one person more, or with ``by=-1`` one less."""
        key = (year, spm_type, month or 0)
        self._persons[key] += by
        self._unknown[key] += by * unknown

    def write(self) -> None:
        """Add the differences to this connection's cells."""
        shard = _shard()
        rows = [
            (*key, shard, persons, self._unknown[key])
            for key, persons in sorted(self._persons.items())
            if persons or self._unknown[key]
        ]
        if not rows:
            return
        places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO indicators_cell (year, spm_type, month, shard, persons, unknown) VALUES "  # noqa: S608
                + places
                + " ON CONFLICT (year, spm_type, month, shard) DO UPDATE SET"
                " persons = indicators_cell.persons + excluded.persons,"
                " unknown = indicators_cell.unknown + excluded.unknown",
                [value for row in rows for value in row],
            )


def _shard() -> int:
    """SQLite has one writer; on PostgreSQL each connection counts on its own rows, so that writers do not queue."""
    if connection.vendor == "sqlite":
        return 0
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid) % SHARDS


def _chunks(persons: Iterable[UUID]) -> Iterator[list[UUID]]:
    """In the order of the keys, so that two writers of many persons never wait for each other crosswise."""
    ordered = sorted(set(persons))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def refresh(persons: Iterable[UUID]) -> None:
    """Bring every row of these persons to what the facts say now. For changed needs, cases and citizenship."""
    for chunk in _chunks(persons):
        changes = CellChanges()
        _refresh(chunk, changes)
        changes.write()


def services_changed(persons: Collection[UUID], years: Collection[int]) -> None:
    """Bring the rows to the services now recorded in these years: the cheap path of every service written or voided.

    Services change no need, so a person without a need of that year costs one look.
    """
    if not years:
        return
    links = links_of(persons)
    for chunk in _chunks(links.get(person, person) for person in persons):
        changes = CellChanges()
        _services_changed(chunk, sorted(years), changes, links)
        changes.write()


def services_added(given: Iterable[GivenNow]) -> None:
    """Bring the rows to services that were just added: the path of an import, which brings many for the same persons.

    Adding only fills gaps, so that what is stored says most of the answer; the dates of all services are read only for
    those who become served, or may have become so earlier.
    """
    by_person: dict[UUID, dict[int, Given]] = defaultdict(dict)
    added = list(given)
    links = links_of({each[0] for each in added})
    for record, item, given_on, is_proven, setting in added:
        person = links.get(record, record)
        if setting == spm.OUTSIDE:
            proven, recorded = by_person[person].setdefault(given_on.year, ({}, set()))
            recorded.add(item)
            if is_proven and given_on < proven.get(item, date.max):
                proven[item] = given_on
    years = sorted({year for of_person in by_person.values() for year in of_person})
    if not years:
        return
    for chunk in _chunks(by_person):
        changes = CellChanges()
        _services_added(chunk, by_person, years, changes)
        changes.write()


def _carried_into(persons: Sequence[UUID], year: int) -> set[UUID]:
    """Persons with an open need of this year that is not written out yet."""
    if len(persons) == 1:
        return set(_open_need_of(persons[0], year=year))
    rows = OpenNeed.objects.filter(person_id__in=persons, from_year__lte=year)
    return set(rows.values_list("person_id", flat=True))


@often
def _open_need_of(person_id: UUID, *, year: int) -> Any:  # noqa: ANN401 - a query set of keys
    rows = OpenNeed.objects.filter(person_id=person_id, from_year__lte=year)
    return rows.values_list("person_id", flat=True)


def _services_changed(
    persons: Sequence[UUID], years: Sequence[int], changes: CellChanges, links: Mapping[UUID, UUID]
) -> None:
    moved_on = _carried_into(persons, years[-1])
    if moved_on:
        # The first service of a new year: the years up to it are written out.
        _refresh(sorted(moved_on), changes)
    held = _held([person for person in persons if person not in moved_on], years)
    _recount(held, years, changes, links)


def _services_added(
    persons: Sequence[UUID], added: dict[UUID, dict[int, Given]], years: Sequence[int], changes: CellChanges
) -> None:
    moved_on = _carried_into(persons, years[-1])
    if moved_on:
        _refresh(sorted(moved_on), changes)
    changed: list[Held] = []
    unsure: list[Held] = []
    for row in _held([person for person in persons if person not in moved_on], years):
        given = added[row.person_id].get(row.year)
        if given is None:
            continue
        verdict = _fill(row, given)
        if verdict == "unsure":
            unsure.append(row)
        elif verdict == "changed":
            changed.append(row)
    _update(changed)
    _recount(unsure, years, changes, links_of({row.person_id for row in unsure}))


def _fill(row: Held, given: Given) -> Literal["same", "changed", "unsure"]:
    """Fill the gaps of a row by what was added; ``unsure`` when dates given earlier matter."""
    proven, recorded = given
    if row.served:
        earlier = any(
            proven[item].month < (row.served_month or 0) for item in row.needed.split(";") if item in proven
        )
        return "unsure" if earlier else "same"
    before = (row.missing, row.unproven)
    unproven = set(_items(row.unproven))
    still_missing = [item for item in _items(row.missing) if item not in recorded]
    unproven |= set(_items(row.missing)).difference(still_missing)
    still_unproven = [item for item in _items(row.needed) if item in unproven and item not in proven]
    if not still_missing and not still_unproven:
        return "unsure"
    row.missing, row.unproven = ";".join(still_missing), ";".join(still_unproven)
    return "same" if before == (row.missing, row.unproven) else "changed"


def _items(joined: str) -> list[str]:
    return joined.split(";") if joined else []


@dataclass(slots=True)
class Held:
    """What of a stored standing services can change, and what decides it."""

    pk: int
    person_id: UUID
    year: int
    spm_type: str
    needed: str
    missing: str
    unproven: str
    served: bool
    served_month: int | None
    citizenship_unknown: bool


def _held(persons: Sequence[UUID], years: Sequence[int]) -> list[Held]:
    """The stored standings of these persons and years, locked: of two writers the second reads what the first wrote."""
    if not persons:
        return []
    if len(persons) == 1:
        return [Held(*row) for row in _held_of(persons[0], years=tuple(years))]
    rows = _locked().filter(person_id__in=persons, year__in=years)
    return [Held(*row) for row in rows.values_list(*_HELD)]


_HELD = ("id", "person_id", "year", "spm_type", "needed", "missing", "unproven", "served", "served_month",
         "citizenship_unknown")  # fmt: skip


def _locked() -> QuerySet[Standing]:
    return Standing.objects.select_for_update(no_key=True).order_by("id")


@often
def _held_of(person_id: UUID, *, years: tuple[int, ...]) -> Any:  # noqa: ANN401 - a query set of columns
    return _locked().filter(person_id=person_id, year__in=years).values_list(*_HELD)


def _recount(
    held: Sequence[Held], years: Sequence[int], changes: CellChanges, links: Mapping[UUID, UUID]
) -> None:
    if not held:
        return
    given = _given({row.person_id for row in held}, years, links)
    _update([row for row in held if _count_again(row, given, changes)])


def _update(changed: Sequence[Held]) -> None:
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE indicators_standing SET missing = %s, unproven = %s, served = %s, served_month = %s WHERE id = %s",
            [(row.missing, row.unproven, row.served, row.served_month, row.pk) for row in changed],
        )


Given: TypeAlias = tuple[dict[str, date], set[str]]
"""Earliest proven date per item, and every item with a record: of one person and year, outside panti."""
GivenNow: TypeAlias = tuple[UUID, str, date, bool, str]
"""A service just added: person, item, day, whether proven, setting."""


def _given(
    persons: Collection[UUID], years: Sequence[int], links: Mapping[UUID, UUID]
) -> dict[tuple[UUID, int], Given]:
    """What was given to these persons in these years, under whichever of their records."""
    found: dict[tuple[UUID, int], Given] = defaultdict(lambda: ({}, set()))
    records = sorted({*persons, *(record for record, kept in links.items() if kept in persons)})
    for record, item, given_on, proof, file_id, roll_call_id, setting in service_rows(records, years):
        if setting != spm.OUTSIDE:
            continue
        proven, recorded = found[links.get(record, record), given_on.year]
        recorded.add(item)
        if (proof or file_id or roll_call_id) and given_on < proven.get(item, date.max):
            proven[item] = given_on
    return found


def _count_again(row: Held, given: dict[tuple[UUID, int], Given], changes: CellChanges) -> bool:
    """Set a row's answer from the services given; say whether it changed. Must agree with ``domain.spm.standing``."""
    proven, recorded = given.get((row.person_id, row.year), ({}, set()))
    needed = _items(row.needed)
    met = [proven[item] for item in needed if item in proven]
    served = bool(needed) and len(met) == len(needed)
    month = max(met).month if served else None
    missing = ";".join(item for item in needed if item not in recorded)
    unproven = ";".join(item for item in needed if item in recorded and item not in proven)
    if (missing, unproven, served, month) == (row.missing, row.unproven, row.served, row.served_month):
        return False
    if month != row.served_month:
        changes.add(row.year, row.spm_type, row.served_month, row.citizenship_unknown, -1)
        changes.add(row.year, row.spm_type, month, row.citizenship_unknown)
    row.missing, row.unproven, row.served, row.served_month = missing, unproven, served, month
    return True


def _refresh(persons: Sequence[UUID], changes: CellChanges) -> None:
    facts = locked_facts_of(persons)
    persons = sorted(facts)
    held = {(row.person_id, row.year, row.spm_type): row for row in _standings_of(persons)}
    years_held: dict[UUID, set[int]] = defaultdict(set)
    for person, year, _spm_type in held:
        years_held[person].add(year)
    wanted: dict[tuple[UUID, int, str], Stand] = {}
    carried: dict[tuple[UUID, str], Carried] = {}
    for person, known in facts.items():
        if known.assessments:
            want(person, known, years_held[person], wanted, carried)
    _write_standings(held, wanted, changes)
    _write_open_needs(persons, carried, changes)


@often
def _standings_of(persons: list[UUID]) -> Any:  # noqa: ANN401 - a query set of standings
    return Standing.objects.filter(person_id__in=persons)


@often
def _open_needs_of(persons: list[UUID]) -> Any:  # noqa: ANN401 - a query set of open needs
    return OpenNeed.objects.filter(person_id__in=persons)


def want(
    person: UUID,
    known: spm.PersonFacts,
    years_held: set[int],
    wanted: dict[tuple[UUID, int, str], Stand],
    carried: dict[tuple[UUID, str], Carried],
) -> None:
    """What should stand for one person: every year from the first assessment to the last year known of, and beyond."""
    first = min(fact.assessed_on.year for fact in known.assessments)
    last = max(
        first,
        *(fact.assessed_on.year for fact in known.assessments),
        *(fact.given_on.year for fact in known.services),
        *(day.year for span in known.cases for day in (span.opened_on, span.closed_on) if day),
        *years_held,
    )
    for year in range(first, last + 1):
        for spm_type, stand in spm.standing(known, year, date(year, 12, 31)).items():
            if stand.in_need:
                wanted[person, year, spm_type.value] = _stored(
                    stand, newest(known, spm_type, date(year, 12, 31))
                )
    if known.citizen == "tidak":
        return
    still_open = {span.case_id for span in known.cases if span.closed_on is None}
    for named in {fact.spm_type for fact in known.assessments if fact.case_id in still_open}:
        need = newest(known, named, date.max)
        carried[person, named] = Carried(
            last + 1, ";".join(sorted(need.items)), need.assessed_on, known.citizen is None
        )


def newest(known: spm.PersonFacts, spm_type: str, until: date) -> spm.AssessmentFact:
    """The assessment whose items are needed: the newest naming the type; of two on one day the one recorded last."""
    named = [fact for fact in known.assessments if fact.spm_type == spm_type and fact.assessed_on <= until]
    return max(named, key=lambda fact: (fact.assessed_on, fact.recorded_order))


def _stored(stand: spm.Standing, need: spm.AssessmentFact) -> Stand:
    return Stand(
        needed=";".join(stand.needed),
        missing=";".join(stand.missing),
        unproven=";".join(stand.unproven_items),
        served=stand.served,
        served_month=stand.served_month,
        assessed_on=need.assessed_on,
        reason=stand.reason or "",
        citizenship_unknown=stand.citizenship_unknown,
    )


def _write_standings(
    held: dict[tuple[UUID, int, str], Standing],
    wanted: dict[tuple[UUID, int, str], Stand],
    changes: CellChanges,
) -> None:
    new: list[Standing] = []
    changed: list[Standing] = []
    for key, stand in wanted.items():
        row = held.pop(key, None)
        if row is not None and _same(row, stand):
            continue
        if row is not None:
            _count(row, changes, -1)
            changed.append(row)
        else:
            row = Standing(person_id=key[0], year=key[1], spm_type=key[2])
            new.append(row)
        for name in _LISTED:
            setattr(row, name, getattr(stand, name))
        _count(row, changes, 1)
    gone = list(held.values())
    for row in gone:
        _count(row, changes, -1)
    if gone:
        Standing.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _save_standings(changed, new)


def _save_standings(changed: list[Standing], new: list[Standing]) -> None:
    """Nothing is asked of the database for nothing: most services change no standing."""
    if changed:
        Standing.objects.bulk_update(changed, _LISTED, batch_size=200)
    if new:
        Standing.objects.bulk_create(new, batch_size=500)


def _same(row: Standing, stand: Stand) -> bool:
    return all(getattr(row, name) == getattr(stand, name) for name in _LISTED)


def _count(row: Standing, changes: CellChanges, by: int) -> None:
    changes.add(row.year, row.spm_type, row.served_month, row.citizenship_unknown, by)


def _write_open_needs(
    persons: Sequence[UUID], carried: dict[tuple[UUID, str], Carried], changes: CellChanges
) -> None:
    new, gone = [], []
    names = ("from_year", "needed", "assessed_on", "citizenship_unknown")
    for row in _open_needs_of(list(persons)):
        need = carried.get((row.person_id, row.spm_type))
        if need is not None and all(getattr(row, name) == getattr(need, name) for name in names):
            del carried[row.person_id, row.spm_type]
            continue
        changes.add(row.from_year, row.spm_type, Cell.CARRIED, row.citizenship_unknown, -1)
        gone.append(row.pk)
    for (person, spm_type), need in carried.items():
        changes.add(need.from_year, spm_type, Cell.CARRIED, need.citizenship_unknown)
        new.append(
            OpenNeed(
                person_id=person,
                spm_type=spm_type,
                from_year=need.from_year,
                needed=need.needed,
                assessed_on=need.assessed_on,
                citizenship_unknown=need.citizenship_unknown,
            )
        )
    if gone:
        OpenNeed.objects.filter(pk__in=gone).delete()
    if new:
        OpenNeed.objects.bulk_create(new, batch_size=500)
