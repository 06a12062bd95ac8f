"""What must agree within a city: every code that is referred to exists, every table can do its work.

Each check names the tables it reads. It is left out while one of them has unreadable rows, so that one wrong cell is
not followed by a hundred complaints about the row that could not be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from rangkul.domain import citydata_checks_care as care
from rangkul.domain import citydata_checks_clocks as clocks
from rangkul.domain import citydata_checks_directory as who
from rangkul.domain import citydata_checks_letters as paper
from rangkul.domain import citydata_vocabulary as words
from rangkul.domain import exports, letters, rights
from rangkul.domain.alarms import RULES
from rangkul.domain.citydata_city import City
from rangkul.domain.citydata_reading import Problem
from rangkul.domain.citydata_rows import SPM_TYPES, Row
from rangkul.domain.citydata_tables import FILE_OF
from rangkul.domain.errors import N_
from rangkul.domain.spm import ITEMS

Check = Callable[[City], Iterator[Problem]]


REFERENCES: Final = (
    ("areas", "agency", "agencies"),
    ("agency_names", "agency", "agencies"),
    ("posts", "agency", "agencies"),
    ("posts", "role", "roles"),
    ("posts", "areas", "areas"),
    ("posts", "superior", "posts"),
    ("permissions", "role", "roles"),
    ("exports", "role", "roles"),
    ("street_categories", "ppks", "ppks"),
    ("street_categories", "child_as", "street_categories"),
    ("gate", "posts", "posts"),
    ("gate", "phones", "phones"),
    ("gate", "clocks", "clocks"),
    ("gate", "closed", "decisions"),
    ("clocks", "owner_role", "roles"),
    ("mandates", "agency", "agencies"),
    ("mandates", "role", "roles"),
    ("mandates", "hears", "roles"),
    ("mandates", "clock", "clocks"),
    ("stages", "next", "stages"),
    ("stages", "back", "stages"),
    ("stages", "exits", "stages"),
    ("stages", "needs", "needs"),
    ("relays", "via", "agencies"),
    ("closing_reasons", "stages", "stages"),
    ("need_flags", "section", "assessment"),
    ("need_flags", "items", "services"),
    ("letter_units", "code", "agencies"),
    ("letter_units", "kinds", "letters"),
    ("letters", "units", "letter_units"),
    ("letters", "gaps", "letter_gaps"),
    ("letters", "stages", "stages"),
    ("protocols", "kit_item", "services"),
    ("protocol_questions", "protocol", "protocols"),
    ("protocol_steps", "protocol", "protocols"),
    ("institutions", "kind", "institution_kinds"),
    ("institutions", "agency", "agencies"),
    ("institutions", "posts", "posts"),
    ("institutions", "next", "institutions"),
    ("institution_criteria", "institution", "institutions"),
    ("referral_results", "kinds", "institution_kinds"),
    ("data_classes", "retention", "retention"),
)
"""Table, column, and the table in which each code of the column must stand."""

ENUMERATIONS: Final = (
    ("areas", "level", words.AREA_LEVELS),
    ("agencies", "kind", words.AGENCY_KINDS),
    ("posts", "training", words.TRAININGS),
    ("roles", "face", words.FACES),
    ("roles", "sections", words.SECTIONS),
    ("permissions", "relation", words.RELATIONS),
    ("permissions", "action", words.ACTIONS),
    ("permissions", "sensitivity", words.SENSITIVITIES),
    ("permissions", "fields", (*words.FIELD_GROUPS, words.ALL_FIELDS)),
    ("ppks", "spm", SPM_TYPES),
    ("street_categories", "spm", SPM_TYPES),
    ("street_categories", "recap", ("", *words.RECAP_COLUMNS)),
    ("choices", "list", words.LISTS),
    ("grounds", "kind", words.GROUND_KINDS),
    ("decisions", "report_state", words.REPORT_STATES),
    ("gate", "code", words.GATE),
    ("clocks", "unit", words.CLOCK_UNITS),
    ("clocks", "subject", words.CLOCK_SUBJECTS),
    ("clocks", "owner", words.CLOCK_OWNERS),
    ("ladder", "rung", words.RUNGS),
    ("alarms", "code", RULES),
    ("exports", "code", exports.KINDS),
    ("exports", "content", exports.CONTENTS),
    ("exports", "second", exports.SECOND),
    ("holidays", "kind", words.HOLIDAY_KINDS),
    ("needs", "code", words.NEEDS),
    ("needs", "where", words.NEED_TABS),
    ("services", "spm", SPM_TYPES),
    ("institution_kinds", "shares", words.SHARED_PARTS),
    ("institution_criteria", "criterion", words.CRITERIA),
    ("referral_results", "asks", words.RESULT_DAYS),
    ("rights_grounds", "kinds", rights.KINDS),
    ("retention", "act", words.RETENTION_ACTS),
    ("data_classes", "sensitivity", words.SENSITIVITIES),
    ("data_classes", "basis", words.LAWFUL_BASES),
    ("data_classes", "groups", words.FIELD_GROUPS),
    ("data_classes", "actions", words.ACTIONS),
    ("data_classes", "subjects", words.DATA_SUBJECTS),
    ("indicators", "code", SPM_TYPES),
    ("meeting_kinds", "code", words.MEETING_KINDS),
    ("protocols", "kind", words.PROTOCOL_KINDS),
    ("protocol_questions", "where", words.PROTOCOL_PLACES),
    ("protocol_steps", "where", words.PROTOCOL_PLACES),
    ("indicators", "in_need", words.IN_NEED),
    ("indicators", "served", words.SERVED),
    ("letter_units", "secrecy", letters.SECRECY),
    ("letters", "secrecy", letters.SECRECY),
    ("letters", "form", letters.FORMS),
    ("letters", "about", words.LETTER_ABOUT),
    ("letter_gaps", "kind", letters.GAP_KINDS),
)
"""Table, column, and the words that it may hold."""

PRESENT: Final = (
    ("limits", "code", words.LIMITS),
    ("choices", "list", words.NEEDED_LISTS),
    ("gate", "code", words.GATE),
    ("stages", "code", words.STAGES_OF_LAW),
    ("services", "code", ITEMS),
    ("indicators", "code", SPM_TYPES),
    ("assessment", "code", words.DOMAINS),
    ("ppks", "code", tuple(str(number) for number in range(1, 27))),
    ("posts", "role", words.ROLES_NEEDED),
    ("ladder", "ladder", ("ordinary",)),
    ("meeting_kinds", "code", words.MEETING_KINDS),
    ("letters", "code", words.LETTERS_OF_LAW),
)
"""Table, column, and the words that must all be there, because code or law counts on them."""


def problems_of(city: City, broken: frozenset[str] = frozenset()) -> list[Problem]:
    """Every disagreement within a city.

    Args:
        broken: tables with rows that could not be read; checks that need them are left out.
    """
    problems: list[Problem] = []
    for table, column, target in REFERENCES:
        if target not in broken:
            known = getattr(city, target)
            says = N_("{column}: “{word}” tidak ada di {target}")
            problems += _strangers(city, table, column, known, says, FILE_OF[target])
    for table, column, allowed in ENUMERATIONS:
        says = N_("{column}: “{word}” tidak dikenal; yang boleh: {target}")
        problems += _strangers(city, table, column, allowed, says, ", ".join(filter(None, allowed)))
    for table, column, needed in PRESENT:
        if table not in broken:
            problems += _absent(city, table, column, needed)
    for check, tables in CHECKS:
        if broken.isdisjoint(tables):
            problems += check(city)
    return problems


def _rows(city: City, table: str) -> Iterable[Row]:
    value = getattr(city, table)
    return value.values() if isinstance(value, Mapping) else value


def _cells(row: Row, column: str) -> tuple[str, ...]:
    value = getattr(row, column)
    return value if isinstance(value, tuple) else (value,)


def _strangers(
    city: City, table: str, column: str, known: Iterable[str], says: str, target: str
) -> Iterator[Problem]:
    """Words of a column that stand nowhere. Empty is "none" where a column may be empty."""
    allowed = frozenset(known) | {""}
    for row in _rows(city, table):
        for word in _cells(row, column):
            if word not in allowed:
                yield Problem(
                    FILE_OF[table], row.line, says, {"column": column, "word": word, "target": target}
                )


def _absent(city: City, table: str, column: str, needed: Iterable[str]) -> Iterator[Problem]:
    there = {word for row in _rows(city, table) for word in _cells(row, column)}
    for word in needed:
        if word not in there:
            says = N_("tidak ada baris dengan {column} “{word}”, padahal wajib ada")
            yield Problem(FILE_OF[table], 0, says, {"column": column, "word": word})


def _lengths(city: City) -> Iterator[Problem]:
    for table, most in words.CODE_LENGTHS.items():
        for row in _rows(city, table):
            code = str(getattr(row, "key" if table == "agencies" else "code"))
            is_channel = table == "choices" and getattr(row, "list", "") == "channel"
            limit = words.CHANNEL_LENGTH if is_channel else most
            if len(code) > limit:
                says = N_("kode “{code}” lebih panjang dari {limit} karakter")
                yield Problem(FILE_OF[table], row.line, says, {"code": code, "limit": limit})


CHECKS: Final[tuple[tuple[Check, tuple[str, ...]], ...]] = (
    (_lengths, ()),
    (who.identity, ("identity", "spm_weights")),
    (who.limits, ("limits",)),
    (who.bands, ("bands",)),
    (who.areas, ("areas", "identity")),
    (who.agencies, ("agencies", "agency_names")),
    (who.posts, ("posts", "areas")),
    (who.roles, ("roles", "posts")),
    (who.permissions, ("permissions", "roles")),
    (care.gate, ("gate", "decisions")),
    (clocks.limits_of_time, ("clocks", "limits")),
    (clocks.listening, ("clocks",)),
    (clocks.ladders, ("clocks", "ladder")),
    (clocks.notices, ("notices", "roles")),
    (clocks.mandates, ("mandates", "clocks")),
    (clocks.alarms, ("alarms",)),
    (care.dates, ("agency_names", "grounds", "indicators")),
    (care.stages, ("stages",)),
    (care.closing, ("closing_reasons",)),
    (care.relays, ("relays",)),
    (care.services, ("services",)),
    (care.indicators, ("indicators",)),
    (paper.numbers, ("letters",)),
    (paper.doubles, ("letters", "letter_units")),
    (paper.signers, ("letters", "letter_units", "roles", "posts")),
    (paper.unit_signers, ("letter_units", "posts")),
    (paper.villages, ("letter_units", "agencies")),
    (paper.gaps, ("letters", "letter_gaps")),
    (paper.templates, ("letters", "letter_gaps")),
    (care.contested, ("choices",)),
    (care.criteria, ("institution_criteria", "choices")),
    (care.institutions, ("institutions", "institution_kinds", "referral_results")),
    (
        care.instruments,
        ("functioning", "functioning_levels", "washington", "washington_answers", "assessment", "ppks"),
    ),
)
"""The checks that look at several rows at once, with the tables each one reads."""
