"""Reads of the figures: the figure itself, the persons behind it, the proofs behind each person, frozen periods.

The figure is an aggregate; from the persons on, only what ``spm.drill`` opens to this member is there. Every drill-down
is a look at assessments and is recorded as one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from rangkul.access.guard import check_may, knows
from rangkul.access.scope import scope
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import cases_in_sight
from rangkul.directory.city import permission_table
from rangkul.domain import spm
from rangkul.domain.age import age_warning, from_birth_range
from rangkul.domain.errors import N_, BadInput, NotFound
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.domain.spm import ITEMS, Figure, SpmType
from rangkul.domain.wib import wib_date
from rangkul.indicators.counting import (
    BudgetRow,
    QualityRow,
    YearFigure,
    figure_as_of,
    index_of,
    recount,
    spm_figure,
    spm_json,
)
from rangkul.indicators.facts import NOT_SEALED, Records, facts_of
from rangkul.indicators.keeping import newest
from rangkul.indicators.models import FrozenPeriod, FrozenPerson, OpenNeed, Standing
from rangkul.people.models import Person
from rangkul.services.models import ServiceRecord
from rangkul.vault.often import often

__all__ = (
    "BudgetRow", "FrozenPeriod", "QualityRow", "YearFigure", "figure_as_of", "figure_seen_by", "frozen_periods",
    "persons_behind", "proofs_behind", "spm_figure", "spm_json",
)  # fmt: skip

How: TypeAlias = Literal["came", "left", "served", "unserved"]
Which: TypeAlias = Literal["served", "missing", "all"]
WHICH: Final = ("served", "missing", "all")
FIRST_YEAR, LAST_YEAR, YEAR_DIGITS = 2017, 2100, 4
PAGE: Final = 50
MOST_COUNTED: Final = 1000
"""So many persons a gap list counts: whose case is in sight is asked for each, and a page may not grow with the city."""


class YearUnknown(BadInput):
    """No such year can be counted."""

    code = "year_unknown"
    says = N_("Tahun ditulis dengan empat angka, misalnya 2026.")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person behind a figure, as far as this member may see."""

    person_id: UUID
    code: str
    label: str
    name: str
    assessed_on: date
    needed: tuple[str, ...]
    missing: tuple[str, ...]
    unproven: tuple[str, ...]
    served_month: int | None
    carried: bool
    citizenship_unknown: bool
    holder: str
    case_code: str
    age_warning: str | None

    @property
    def proven(self) -> int:
        """How many needed items stand on a proof."""
        return len(self.needed) - len(self.missing) - len(self.unproven)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Needed items that nothing counted stands for yet, in the order of the law."""
        gaps = {*self.missing, *self.unproven}
        return tuple(item for item in ITEMS if item in gaps)


@dataclass(frozen=True, slots=True)
class PersonsPage:
    """One page of the persons behind a figure."""

    rows: list[PersonLine]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """What those in need still lack: persons in sight, persons per item (most lacking first), flagged citizenship.

    ``bounded``: more persons are in sight than were counted; the numbers are those of the first ``MOST_COUNTED``.
    """

    persons: int
    items: list[tuple[str, int]]
    citizenship_unknown: int
    bounded: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """One service record behind a needed item; ``counts`` when it is proven, outside panti and in time."""

    record_id: UUID | None
    given_on: date
    quantity: str
    unit: str
    agency: str
    proof: str
    has_proof: bool
    counts: bool
    inside: bool


@dataclass(frozen=True, slots=True)
class ItemProofs:
    """One needed item and everything given of it in the year."""

    item: str
    earliest: date | None
    given: list[Given]


@dataclass(frozen=True, slots=True)
class ProofPage:
    """Why a person counts as they do."""

    person: PersonLine
    served: bool
    reason: str
    items: list[ItemProofs]


@dataclass(frozen=True, slots=True)
class ChangedPerson:
    """A person who stands elsewhere now: came in, left, became served, is no longer served."""

    code: str
    label: str
    how: How


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one type since the period was frozen; persons only for whoever may drill."""

    spm_type: str
    then: Figure
    now: Figure
    persons: list[ChangedPerson] = field(default_factory=list)


def year_of(text: str | int) -> int:
    """Read a year.

    Raises:
        YearUnknown: not four digits, or outside what can be counted.
    """
    words = str(text).strip()
    if not (
        len(words) == YEAR_DIGITS
        and words.isascii()
        and words.isdigit()
        and FIRST_YEAR <= int(words) <= LAST_YEAR
    ):
        raise YearUnknown(field="tahun")
    return int(words)


def figure_seen_by(member: ActingMember, year: int, today: date) -> YearFigure:
    """The figure of a year for a member who may see numbers; three queries."""
    check_may(member, "spm.view", sensitivity="aggregate")
    return spm_figure(year, today)


def type_of(text: str) -> SpmType:
    """Read a type; an unknown one looks like a missing page."""
    try:
        return SpmType(text)
    except ValueError:
        raise NotFound from None


# --- persons behind a figure


def _in_drill(member: ActingMember) -> Q:
    """Rows about persons on whom this member may drill: by a case in sight, or, without any case, by the agency.

    A case or a registration under a record that was merged into the person's counts as the person's own.
    """
    seen = cases_in_sight(member, "spm.drill")
    any_case = Case.objects.exclude(sensitivity="sealed")
    # A person brought in by an import has no case: they belong to the agency that registered them.
    registered = Person.objects.filter(
        Q(pk=OuterRef("person_id")), Q(registered_by__agency_id=member.agency) | Q(registered_by__isnull=True)
    )
    caseless = scope(member, "spm.drill", {"agency": Q(Exists(registered)), "city": Q()})
    return _of_person(seen) | (~_of_person(any_case) & caseless)


def _of_person(cases: QuerySet[Case]) -> Q:
    """Has the person of this row one of these cases, under any record?"""
    own = cases.filter(person_id=OuterRef("person_id"))
    merged = Person.objects.filter(
        Exists(cases.filter(person_id=OuterRef("pk"))), merged_into=OuterRef("person_id")
    )
    return Q(Exists(own)) | Q(Exists(merged))


def _after(text: str) -> tuple[date, UUID] | tuple[()]:
    """Where the next page begins; a mark that cannot be read begins at the start."""
    day, _, person = text.partition("~")
    try:
        return date.fromisoformat(day), UUID(person)
    except ValueError:
        return ()


def _from(on: date | None = None, last: UUID | None = None) -> Q:
    """Rows of the next page; the first part says where in the index to begin."""
    if on is None:
        return Q()
    return Q(assessed_on__lte=on) & (Q(assessed_on__lt=on) | Q(assessed_on=on, person_id__lt=last))


_COLUMNS = (
    "person_id", "assessed_on", "needed", "row_missing", "row_unproven", "row_month", "row_reason",
    "citizenship_unknown",
)  # fmt: skip


# The order of the index ``standing_list``, backwards.
_NEWEST = ("-assessed_on", "-person_id")


def _standings(year: int, spm_type: SpmType, *, served: bool, lacking: str) -> QuerySet[Standing]:
    # ``IN``: of a bare truth SQLite makes no place in the index.
    rows = Standing.objects.filter(year=year, spm_type=spm_type.value, served__in=(served,))
    if lacking:
        rows = rows.filter(_names("missing", lacking) | _names("unproven", lacking))
    return rows


def _open_needs(year: int, spm_type: SpmType, lacking: str) -> QuerySet[OpenNeed]:
    # What is carried into a year was assessed before it; the second bound says where in the index to begin.
    rows = OpenNeed.objects.filter(
        spm_type=spm_type.value, from_year__lte=year, assessed_on__lt=date(year, 1, 1)
    )
    return rows.filter(_names("needed", lacking)) if lacking else rows


def _names(column: str, item: str) -> Q:
    """Rows whose list of items, joined by ``;``, names this one."""
    return (
        Q(**{column: item})
        | Q(**{f"{column}__startswith": f"{item};"})
        | Q(**{f"{column}__endswith": f";{item}"})
        | Q(**{f"{column}__contains": f";{item};"})
    )


def persons_behind(  # noqa: PLR0913 - which figure, and which page of it
    member: ActingMember,
    year: int,
    spm_type: SpmType,
    *,
    today: date,
    which: Which = "missing",
    lacking: str = "",
    after: str = "",
    limit: int = PAGE,
) -> PersonsPage:
    """The persons behind a figure, newest assessment first; five queries whatever their number.

    Args:
        lacking: an item key; only persons for whom nothing counted stands for it yet.
        after: ``next_after`` of the page before.

    Raises:
        NotAllowed: this role never opens a figure to persons.
    """
    check_may(member, "spm.drill", ("agency", "holder", "team"))
    if spm.last_day(year, today) < date(year, 1, 1):
        return PersonsPage([], None)
    begin, table = _after(after), permission_table()
    shape: Any = {"year": year, "spm_type": spm_type, "lacking": lacking, "limit": limit + 1, "table": table}
    # Bounded reads, each in the order of its index, and a merge: a union would be sorted whole before it is cut.
    found: list[Any] = []
    if which != "missing":
        found += _written(member, *begin, served=True, **shape)
    if which != "served":
        found += _written(member, *begin, served=False, **shape)
        found += _carried(member, *begin, **shape)
    found.sort(key=lambda row: (row[1], row[0]), reverse=True)
    lines = _lines(member, spm_type, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return PersonsPage(lines, f"{last[1].isoformat()}~{last[0]}" if last else None)


@often
def _written(  # noqa: PLR0913 - which figure, and which page of it
    member: ActingMember,
    on: date | None = None,
    last: UUID | None = None,
    *,
    year: int,
    spm_type: SpmType,
    served: bool,
    lacking: str,
    limit: int,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of columns
    rows = _standings(year, spm_type, served=served, lacking=lacking).filter(
        _in_drill(member), _from(on, last)
    )
    told = rows.annotate(
        row_missing=F("missing"),
        row_unproven=F("unproven"),
        row_month=F("served_month"),
        row_reason=F("reason"),
    )
    return told.order_by(*_NEWEST).values_list(*_COLUMNS)[:limit]


@often
def _carried(  # noqa: PLR0913 - which figure, and which page of it
    member: ActingMember,
    on: date | None = None,
    last: UUID | None = None,
    *,
    year: int,
    spm_type: SpmType,
    lacking: str,
    limit: int,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of columns
    rows = _open_needs(year, spm_type, lacking).filter(_in_drill(member), _from(on, last))
    told = rows.annotate(
        row_missing=F("needed"),
        row_unproven=Value("", output_field=CharField()),
        row_month=Cast(Value(None), IntegerField()),
        row_reason=Value("carried", output_field=CharField()),
    )
    return told.order_by(*_NEWEST).values_list(*_COLUMNS)[:limit]


@often
def _lacking_written(
    member: ActingMember,
    *,
    year: int,
    spm_type: SpmType,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of columns
    rows = _standings(year, spm_type, served=False, lacking="").filter(_in_drill(member))
    return rows.values_list("missing", "unproven", "citizenship_unknown")[: MOST_COUNTED + 1]


@often
def _lacking_carried(
    member: ActingMember,
    *,
    year: int,
    spm_type: SpmType,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of columns
    rows = _open_needs(year, spm_type, "").filter(_in_drill(member))
    return rows.values_list("needed", Value(""), "citizenship_unknown")[: MOST_COUNTED + 1]


def gaps_behind(member: ActingMember, year: int, spm_type: SpmType, *, today: date) -> Gaps:
    """What those not yet served lack, counted over the persons in this member's sight."""
    check_may(member, "spm.drill", ("agency", "holder", "team"))
    if spm.last_day(year, today) < date(year, 1, 1):
        return Gaps(0, [], 0)
    counted: Counter[str] = Counter()
    persons = unknown = 0
    table = permission_table()
    rows = _lacking_written(member, year=year, spm_type=spm_type, table=table)
    if len(rows) <= MOST_COUNTED:
        rows += _lacking_carried(member, year=year, spm_type=spm_type, table=table)
    # Few different lists of items stand for many persons.
    for (missing, unproven, is_unknown), count in Counter(rows[:MOST_COUNTED]).items():
        persons += count
        unknown += count if is_unknown else 0
        for item in _split(missing) + _split(unproven):
            counted[item] += count
    order = {item: place for place, item in enumerate(ITEMS)}
    most_lacking = sorted(counted.items(), key=lambda pair: (-pair[1], order.get(pair[0], 99)))
    return Gaps(persons, most_lacking, unknown, bounded=len(rows) > MOST_COUNTED)


def _split(items: str) -> tuple[str, ...]:
    return tuple(items.split(";")) if items else ()


def _lines(member: ActingMember, spm_type: SpmType, rows: Sequence[Any]) -> list[PersonLine]:
    persons = {row[0] for row in rows}
    known = {person.pk: person for person in _persons(list(persons))}
    records = Records.of(list(persons))
    cases = {
        records.person(record): (holder, code)
        for record, holder, code in _open_cases(member, records.ids, table=permission_table())
    }
    return [_line(spm_type, known[row[0]], row, cases.get(row[0])) for row in rows if row[0] in known]


@often
def _persons(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of persons
    return Person.objects.filter(pk__in=ids)


@often
def _open_cases(
    member: ActingMember,
    persons: list[UUID],
    *,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of columns
    rows = cases_in_sight(member, "spm.drill").filter(person_id__in=persons, closed_at__isnull=True)
    return rows.values_list("person_id", "holder__title", "code")


def _line(
    spm_type: SpmType, person: Person, row: Sequence[Any], case: tuple[str | None, str] | None
) -> PersonLine:
    _person_id, assessed_on, needed, missing, unproven, month, reason, unknown = row
    age = from_birth_range(person.born_from, person.born_to, assessed_on)
    return PersonLine(
        person_id=person.pk,
        code=person.code,
        label=person.label,
        name=person.label if person.has_name and not person.is_minor else "",
        assessed_on=assessed_on,
        needed=_split(needed),
        missing=_split(missing),
        unproven=_split(unproven),
        served_month=month,
        carried=reason == "carried",
        citizenship_unknown=unknown,
        holder=(case[0] or "") if case else "",
        case_code=case[1] if case else "",
        age_warning=age_warning(spm_type.value, age),
    )


def note_look(
    member: ActingMember, year: int, spm_type: str, at: datetime, what: str, person_id: UUID | None = None
) -> None:
    """Record that a figure was opened to persons or proofs: a look at assessments (design §1.9)."""
    with transaction.atomic():
        record(
            "spm.drilled",
            by=member,
            at=at,
            kind="person" if person_id else "period",
            subject_id=person_id,
            sealed_under=person_id,
            detail={"year": year, "type": spm_type, "what": what} if person_id else None,
            sensitivity="protected",
            purpose="figures",
        )


# --- proofs behind a person


def proofs_behind(
    member: ActingMember, person_code: str, year: int, spm_type: SpmType, *, at: datetime
) -> ProofPage:
    """Each needed item of one person with its dated records; what is voided is not shown. The look is recorded.

    Raises:
        NotFound: no such person, not in this member's sight, or not in need of this type in this year.
    """
    check_may(member, "spm.drill", ("agency", "holder", "team"))
    person = Person.objects.filter(code=person_code[:12]).select_related("merged_into").first()
    person = person.merged_into or person if person else None
    if person is None or not _person_in_drill(member, person):
        raise NotFound
    as_of = spm.last_day(year, wib_date(at))
    facts = facts_of([person.pk])[person.pk]
    stand = spm.standing(facts, year, as_of)[spm_type]
    if not stand.in_need:
        raise NotFound
    need = newest(facts, spm_type, as_of)
    row = (
        person.pk, need.assessed_on, ";".join(stand.needed), ";".join(stand.missing),
        ";".join(stand.unproven_items), stand.served_month, stand.reason, stand.citizenship_unknown,
    )  # fmt: skip
    note_look(member, year, spm_type.value, at, "proofs", person.pk)
    given = given_of([person.pk], year, as_of)[person.pk]
    proven = stand.proven or {}
    items = [
        ItemProofs(item, proven.get(item), given.get(item, [])) for item in ITEMS if item in stand.needed
    ]
    return ProofPage(_lines(member, spm_type, [row])[0], stand.served, stand.reason or "", items)


def _person_in_drill(member: ActingMember, person: Person) -> bool:
    return Person.objects.annotate(person_id=F("pk")).filter(_in_drill(member), pk=person.pk).exists()


def given_of(persons: Collection[UUID], year: int, as_of: date) -> Mapping[UUID, dict[str, list[Given]]]:
    """Per person and item, the service records of the year up to this day, oldest first."""
    records = Records.of(persons)
    rows = (
        ServiceRecord.objects.filter(
            NOT_SEALED, person_id__in=records.ids, voided_at__isnull=True,
            given_on__gte=date(year, 1, 1), given_on__lte=as_of,
        )
        .order_by("given_on", "recorded_at", "id")
        .only(
            "id", "person_id", "item", "given_on", "quantity", "unit", "agency_id", "setting", "proof",
            "proof_file_id", "roll_call_id",
        )
    )  # fmt: skip
    found: dict[UUID, dict[str, list[Given]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        has_proof = bool(row.proof or row.proof_file_id or row.roll_call_id)
        inside = row.setting == spm.INSIDE
        found[records.person(row.person_id)][row.item].append(
            Given(
                row.pk, row.given_on, f"{row.quantity.normalize():f}", row.unit, row.agency_id,
                row.proof, has_proof, has_proof and not inside, inside,
            )
        )  # fmt: skip
    return found


# --- frozen periods


def frozen_periods(member: ActingMember, year: int | None = None) -> list[FrozenPeriod]:
    """The frozen periods, newest first."""
    check_may(member, "spm.view", sensitivity="aggregate")
    return _frozen(year) if year else _frozen()


@often
def _frozen(*year: int) -> Any:  # noqa: ANN401 - a query set of periods
    rows = FrozenPeriod.objects.select_related("frozen_by", "member")
    return rows.filter(year=year[0]) if year else rows


def frozen_period(member: ActingMember, period_id: UUID) -> FrozenPeriod:
    """One frozen period; NotFound when missing."""
    check_may(member, "spm.view", sensitivity="aggregate")
    row = FrozenPeriod.objects.select_related("frozen_by", "member").filter(pk=period_id).first()
    if row is None:
        raise NotFound
    return row


def figure_of_frozen(period: FrozenPeriod) -> YearFigure:
    """The figure as it was published, read from the snapshot and from nothing else."""
    kept = period.figure
    types = {
        each: Figure(
            kept["types"][each.value]["in_need"],
            kept["types"][each.value]["served"],
            tuple(kept["types"][each.value]["months"]),
            kept["types"][each.value].get("citizenship_unknown", 0),
        )
        for each in SpmType
    }
    quality = tuple(
        QualityRow(
            UUID(row["id"]),
            row["spm_type"],
            row["part"],
            row["name"],
            row["unit"],
            row["needed"],
            tuple(row["months"]),
        )
        for row in kept["quality"]
    )
    budget = tuple(
        BudgetRow(row["spm_type"], row["allocation"], tuple(row["months"])) for row in kept["budget"]
    )
    published = spm.Index(kept["index"], kept["band"], index_of(types, quality).why)
    return YearFigure(period.year, period.as_of, types, published, quality, budget)


def frozen_persons(
    member: ActingMember, period: FrozenPeriod, spm_type: SpmType, *, which: Which = "missing", after: str = "",
    limit: int = PAGE,
) -> PersonsPage:  # fmt: skip
    """The persons in a frozen figure as they stood then; the same scope as the live drill-down."""
    check_may(member, "spm.drill", ("agency", "holder", "team"))
    rows = FrozenPerson.objects.filter(
        _in_drill(member), _from(*_after(after)), period=period, spm_type=spm_type.value
    )
    if which != "all":
        rows = rows.filter(served=which == "served")
    found = list(
        rows.order_by(*_NEWEST).values_list(
            "person_id",
            "assessed_on",
            "needed",
            "missing",
            "unproven",
            "served_month",
            "reason",
            "citizenship_unknown",
        )[: limit + 1]
    )
    last = found[limit - 1] if len(found) > limit else None
    return PersonsPage(
        _lines(member, spm_type, found[:limit]), f"{last[1].isoformat()}~{last[0]}" if last else None
    )


def frozen_proofs(
    member: ActingMember, period: FrozenPeriod, person_code: str, spm_type: SpmType, *, at: datetime
) -> ProofPage:
    """The proofs on which one person stood when the period was frozen. The look is recorded."""
    check_may(member, "spm.drill", ("agency", "holder", "team"))
    row = (
        FrozenPerson.objects.filter(_in_drill(member), period=period, spm_type=spm_type.value)
        .filter(person__code=person_code[:12])
        .first()
    )
    if row is None:
        raise NotFound
    note_look(member, period.year, spm_type.value, at, "frozen_proofs", row.person_id)
    line = (
        row.person_id, row.assessed_on, row.needed, row.missing, row.unproven, row.served_month, row.reason,
        row.citizenship_unknown,
    )  # fmt: skip
    items = [_frozen_item(item, row.proofs.get(item, [])) for item in ITEMS if item in _split(row.needed)]
    return ProofPage(_lines(member, spm_type, [line])[0], row.served, row.reason, items)


def _frozen_item(item: str, kept: list[dict[str, Any]]) -> ItemProofs:
    given = [
        Given(
            UUID(each["id"]), date.fromisoformat(each["given_on"]), each["quantity"], each["unit"], each["agency"],
            each["proof"], each["has_proof"], each["counts"], each["inside"],
        )
        for each in kept
    ]  # fmt: skip
    counted = [each.given_on for each in given if each.counts]
    return ItemProofs(item, min(counted) if counted else None, given)


def differences(member: ActingMember, period: FrozenPeriod) -> list[Difference]:
    """What the same figure would be by what is known now: beside the frozen one, never inside it (design §3.4)."""
    check_may(member, "spm.view", sensitivity="aggregate")
    stands_now: dict[SpmType, dict[UUID, bool]] = {each: {} for each in SpmType}
    everyone = []
    for person, _facts, stands in recount(period.year, period.as_of):
        everyone.append(stands)
        for spm_type, stand in stands.items():
            if stand.in_need:
                stands_now[spm_type][person] = stand.served
    now, then = spm.figures(everyone), figure_of_frozen(period).types
    moved = {each: _moved(period, each, stands_now[each]) for each in SpmType}
    seen = _labels_in_drill(member, {person for changes in moved.values() for person in changes})
    return [
        Difference(
            each.value,
            then[each],
            now[each],
            [ChangedPerson(*seen[person], how) for person, how in moved[each].items() if person in seen],
        )
        for each in SpmType
        if moved[each] or _counts(then[each]) != _counts(now[each])
    ]


def _moved(period: FrozenPeriod, spm_type: SpmType, now: dict[UUID, bool]) -> dict[UUID, How]:
    then = dict(
        FrozenPerson.objects.filter(period=period, spm_type=spm_type.value).values_list("person_id", "served")
    )
    moved: dict[UUID, How] = {}
    for person in sorted({*then, *now}):
        if person not in then:
            moved[person] = "came"
        elif person not in now:
            moved[person] = "left"
        elif then[person] != now[person]:
            moved[person] = "served" if now[person] else "unserved"
    return moved


def _labels_in_drill(member: ActingMember, persons: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Code and label of those of these persons whom this member may open; nobody for roles that see numbers only."""
    if not knows(member, "spm.drill") or not persons:
        return {}
    rows = Person.objects.annotate(person_id=F("pk")).filter(_in_drill(member), pk__in=persons)
    return {pk: (code, label) for pk, code, label in rows.values_list("pk", "code", "label")}


def _counts(figure: Figure) -> tuple[int, int, tuple[int, ...]]:
    return figure.in_need, figure.served, figure.months
