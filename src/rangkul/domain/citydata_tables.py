"""Which file holds which table, and how the files become a city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rangkul.domain import citydata_rows as rows
from rangkul.domain.citydata_city import City
from rangkul.domain.citydata_reading import (
    CODE,
    Problem,
    RawRow,
    build_row,
    control_characters,
    read_csv,
    read_toml,
    unknown_columns,
)
from rangkul.domain.errors import N_


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its field in ``City``, its file, and in a TOML file its table name.

    ``unique`` are the columns that together name a row; ``mapped`` tables are asked by the first of them; a ``single``
    table is one row. Dated tables repeat a code and are checked for overlapping days; lines of permissions are unfolded
    and checked for cells that two lines speak of.
    """

    name: str
    file: str
    row: type[rows.Row]
    toml: str = ""
    unique: tuple[str, ...] = ("code",)
    mapped: bool = True
    single: bool = False


TABLES: Final = (
    Table("identity", "city.toml", rows.Identity, "city", (), mapped=False, single=True),
    Table("limits", "city.toml", rows.Limit, "limit"),
    Table("retention", "city.toml", rows.Retention, "retention"),
    Table("phones", "city.toml", rows.Phone, "phone"),
    Table("spm_weights", "city.toml", rows.SpmWeights, "spm", (), mapped=False, single=True),
    Table("bands", "city.toml", rows.Band, "band", mapped=False),
    Table("areas", "areas.csv", rows.Area),
    Table("agencies", "agencies.csv", rows.Agency, unique=("key",)),
    Table("agency_names", "agency_names.csv", rows.AgencyName, unique=("agency", "valid_from"), mapped=False),
    Table("posts", "posts.csv", rows.Post),
    Table("roles", "roles.toml", rows.Role, "role"),
    Table("permissions", "permissions.csv", rows.PermissionLine, unique=(), mapped=False),
    Table("ppks", "ppks.csv", rows.Ppks),
    Table("street_categories", "street_categories.csv", rows.StreetCategory),
    Table("choices", "lists.csv", rows.Choice, unique=("list", "code"), mapped=False),
    Table("grounds", "grounds.csv", rows.Ground, unique=("code", "valid_from"), mapped=False),
    Table("decisions", "decisions.csv", rows.Decision),
    Table("gate", "gate.toml", rows.GateQuestion, "question", mapped=False),
    Table("clocks", "clocks.csv", rows.Clock),
    Table("ladder", "ladder.csv", rows.LadderRung, mapped=False),
    Table("relays", "relays.csv", rows.Relay),
    Table("notices", "notices.csv", rows.NoticeRow),
    Table("alarms", "alarms.csv", rows.AlarmRule),
    Table("exports", "exports.csv", rows.ExportRule, unique=("code", "role"), mapped=False),
    Table("mandates", "mandates.csv", rows.Mandate, unique=("code", "valid_from"), mapped=False),
    Table("holidays", "holidays.csv", rows.Holiday, unique=("day",)),
    Table("stages", "stages.toml", rows.Stage, "stage"),
    Table("needs", "stages.toml", rows.Need, "need"),
    Table("closing_reasons", "closing_reasons.csv", rows.ClosingReason),
    Table("services", "services.csv", rows.ServiceItem),
    Table("indicators", "indicators.toml", rows.Indicator, "indicator", ("code", "valid_from"), mapped=False),
    Table("protocols", "protocols.toml", rows.Protocol, "protocol"),
    Table("protocol_questions", "protocols.toml", rows.ProtocolQuestion, "question"),
    Table("protocol_steps", "protocols.toml", rows.ProtocolStep, "step"),
    Table("meeting_kinds", "meetings.toml", rows.MeetingKind, "kind"),
    Table("functioning", "functioning.toml", rows.FunctioningDomain, "domain", mapped=False),
    Table("functioning_levels", "functioning.toml", rows.FunctioningLevel, "level", ("value",), mapped=False),
    Table("washington", "washington.toml", rows.WashingtonQuestion, "question", mapped=False),
    Table("washington_answers", "washington.toml", rows.WashingtonAnswer, "answer", mapped=False),
    Table("assessment", "assessment.toml", rows.AssessmentSection, "section"),
    Table("need_flags", "assessment.toml", rows.NeedFlag, "flag"),
    Table("letter_units", "letters.toml", rows.LetterUnit, "unit"),
    Table("letters", "letters.toml", rows.LetterKind, "letter"),
    Table("letter_gaps", "letter_gaps.csv", rows.LetterGap),
    Table("institution_kinds", "institution_kinds.csv", rows.InstitutionKind),
    Table("institutions", "institutions.csv", rows.Institution),
    Table(
        "institution_criteria",
        "institution_criteria.csv",
        rows.InstitutionCriterion,
        unique=("institution", "criterion"),
        mapped=False,
    ),
    Table("referral_results", "referral_results.csv", rows.ReferralResultCode),
    Table("data_classes", "data_classes.csv", rows.DataClass),
    Table("rights_grounds", "rights_grounds.csv", rows.RightsGround),
)
FILES: Final = tuple(dict.fromkeys(table.file for table in TABLES))
FILE_OF: Final = {table.name: table.file for table in TABLES}
IGNORED: Final = "demo/"
TEMPLATES: Final = "letters/"
TYPST: Final = ".typ"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of the files: the city as far as it could be read, the problems, and the tables that have some."""

    city: City | None
    problems: list[Problem]
    broken: frozenset[str]


def read_tables(files: Mapping[str, str]) -> Reading:
    """Read every table. A row that cannot be read is left out and its table counted as broken."""
    problems = [
        Problem(name, 0, N_("berkas ini tidak dikenal"))
        for name in files
        if name not in FILES and not name.startswith(IGNORED) and not _is_template(name)
    ]
    broken: set[str] = set()
    content: dict[str, Any] = {}
    for file in FILES:
        reading = _read_file(file, files.get(file))
        problems += reading.problems
        broken |= reading.broken
        content |= reading.tables
    content["permissions"] = tuple(cell for line in content["permissions"] for cell in line.permissions())
    content["letter_templates"] = {
        row.code: row
        for name, text in files.items()
        if _is_template(name)
        for row in (_template(name, text),)
    }
    city = None if None in content.values() else City(**content)
    return Reading(city, problems, frozenset(broken))


def _is_template(name: str) -> bool:
    return name.startswith(TEMPLATES) and name.endswith(TYPST)


def _template(name: str, text: str) -> rows.LetterTemplate:
    """A template is a text, not a table: what its letter rests on stands in the row of the letter."""
    code = name.removeprefix(TEMPLATES).removesuffix(TYPST)
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return rows.LetterTemplate(code=code, text=plain, source="letters.toml", status=rows.CONFIRMED, line=1)


@dataclass(frozen=True, slots=True)
class _FileReading:
    tables: Mapping[str, Any]
    problems: tuple[Problem, ...]
    broken: frozenset[str]


@lru_cache(maxsize=256)
def _read_file(file: str, text: str | None) -> _FileReading:
    """The tables of one file. Kept, because many files are the same in many cities."""
    tables = [table for table in TABLES if table.file == file]
    raw, faults = _raw_rows(file, text, tables)
    problems = list(faults)
    content: dict[str, Any] = {}
    broken: set[str] = set()
    for table in tables:
        content[table.name], own = _read_table(table, raw.get(table.name, []))
        if own or faults:
            broken.add(table.name)
        if table.name in raw:
            problems += own
    return _FileReading(content, tuple(problems), frozenset(broken))


def _raw_rows(
    file: str, text: str | None, tables: list[Table]
) -> tuple[dict[str, list[RawRow]], list[Problem]]:
    if text is None:
        return {}, [Problem(file, 0, N_("berkas ini tidak ada"))]
    if faults := control_characters(file, text):
        return {}, faults
    if file.endswith(".csv"):
        raw, faults = read_csv(file, text, tables[0].row)
        return {tables[0].name: raw}, faults
    by_name, faults = read_toml(file, text)
    known = {table.toml: table for table in tables}
    for name, raw in by_name.items():
        if name not in known:
            line = raw[0].line if raw else 1
            faults.append(Problem(file, line, N_("tabel [{name}] tidak dikenal"), {"name": name}))
            continue
        for each in raw:
            names = {key: each.line_of(key) for key in each.cells}
            faults += unknown_columns(known[name].row, names, file)
    if faults and not by_name:
        return {}, faults
    return {table.name: by_name.get(table.toml, []) for table in tables}, faults


def _read_table(table: Table, raw: list[RawRow]) -> tuple[Any, list[Problem]]:
    """The table as ``City`` holds it; None when a single row is not there."""
    found, problems = _read_rows(table, raw)
    if not raw:
        says = N_("tabel {table} kosong")
        problems.append(Problem(table.file, 0, says, {"table": table.toml or table.name}))
    if table.single:
        if len(raw) > 1:
            says = N_("hanya boleh ada satu [{table}]")
            problems.append(Problem(table.file, raw[1].line, says, {"table": table.toml}))
        return next(iter(found.values()), None), problems
    if table.mapped:
        return {key[0]: row for key, row in found.items()}, problems
    return tuple(found.values()), problems


def _read_rows(table: Table, raw: list[RawRow]) -> tuple[dict[tuple[Any, ...], rows.Row], list[Problem]]:
    problems: list[Problem] = []
    found: dict[tuple[Any, ...], rows.Row] = {}
    for number, each in enumerate(raw):
        row, faults = build_row(table.row, each, table.file)
        problems += faults
        if row is None:
            continue
        key = tuple(getattr(row, column) for column in table.unique) or (number,)
        words = "/".join(map(str, key))
        if key in found:
            facts = {"key": words, "line": found[key].line}
            problems.append(Problem(table.file, each.line, N_("{key} sudah ada di baris {line}"), facts))
        elif not all(_is_code(part) for part in key):
            says = N_("kode “{key}” hanya boleh huruf, angka, titik, garis bawah dan tanda hubung")
            problems.append(Problem(table.file, each.line_of(table.unique[0]), says, {"key": words}))
        else:
            found[key] = row
    return found, problems


def _is_code(value: object) -> bool:
    return not isinstance(value, str) or bool(CODE.fullmatch(value))
