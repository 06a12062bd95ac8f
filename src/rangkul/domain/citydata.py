"""City data: everything that differs between cities, as typed rows, and the check that refuses a wrong file.

``parse_city`` takes file name -> text and touches no disk. It collects every problem before it refuses, each with file,
line and reason, so that a clerk mends a table in one go. The tables recombine; they are no programming language.

The parts: ``citydata_rows`` (one class per table), ``citydata_city`` (the whole, and what code asks of it),
``citydata_reading`` (text to rows), ``citydata_tables`` (which file holds what), ``citydata_vocabulary`` (the words
that tables may use), ``citydata_checks`` (what must agree). Others import from here only.
"""

from __future__ import annotations

from collections.abc import Mapping

from rangkul.domain.citydata_checks import problems_of
from rangkul.domain.citydata_city import City
from rangkul.domain.citydata_reading import CityFileRefused, Problem
from rangkul.domain.citydata_rows import (
    Agency,
    AgencyName,
    AlarmRule,
    Area,
    AssessmentSection,
    Band,
    Choice,
    Clock,
    ClosingReason,
    DataClass,
    Decision,
    ExportRule,
    FunctioningDomain,
    FunctioningLevel,
    GateQuestion,
    Ground,
    Holiday,
    Indicator,
    Institution,
    InstitutionCriterion,
    InstitutionKind,
    LetterGap,
    LetterKind,
    LetterTemplate,
    LetterUnit,
    Limit,
    Mandate,
    MeetingKind,
    Need,
    NeedFlag,
    NoticeRow,
    Permission,
    Phone,
    Post,
    Ppks,
    Protocol,
    ProtocolQuestion,
    ProtocolStep,
    ReferralResultCode,
    Relay,
    Retention,
    RightsGround,
    Role,
    Row,
    ServiceItem,
    SpmWeights,
    Stage,
    StreetCategory,
    WashingtonAnswer,
    WashingtonQuestion,
)
from rangkul.domain.citydata_tables import FILES, read_tables
from rangkul.domain.citydata_vocabulary import (
    ACTIONS,
    ENFORCEMENT_NEVER,
    FIELD_GROUPS,
    OUTSIDE_NEWS,
    RELATIONS,
    SENSITIVITIES,
)

__all__ = [
    "ACTIONS",
    "ENFORCEMENT_NEVER",
    "FIELD_GROUPS",
    "FILES",
    "OUTSIDE_NEWS",
    "RELATIONS",
    "SENSITIVITIES",
    "Agency",
    "AgencyName",
    "AlarmRule",
    "Area",
    "AssessmentSection",
    "Band",
    "Choice",
    "City",
    "CityFileRefused",
    "Clock",
    "ClosingReason",
    "DataClass",
    "Decision",
    "ExportRule",
    "FunctioningDomain",
    "FunctioningLevel",
    "GateQuestion",
    "Ground",
    "Holiday",
    "Indicator",
    "Institution",
    "InstitutionCriterion",
    "InstitutionKind",
    "LetterGap",
    "LetterKind",
    "LetterTemplate",
    "LetterUnit",
    "Limit",
    "Mandate",
    "MeetingKind",
    "Need",
    "NeedFlag",
    "NoticeRow",
    "Permission",
    "Phone",
    "Post",
    "Ppks",
    "Problem",
    "Protocol",
    "ProtocolQuestion",
    "ProtocolStep",
    "ReferralResultCode",
    "Relay",
    "Retention",
    "RightsGround",
    "Role",
    "Row",
    "ServiceItem",
    "SpmWeights",
    "Stage",
    "StreetCategory",
    "WashingtonAnswer",
    "WashingtonQuestion",
    "parse_city",
]


def parse_city(files: Mapping[str, str]) -> City:
    """Read a city from its files (name -> text).

    Raises:
        CityFileRefused: with every problem found.
    """
    reading = read_tables(files)
    problems = list(reading.problems)
    if reading.city is not None:
        problems += problems_of(reading.city, reading.broken)
    if reading.city is None or problems:
        raise CityFileRefused(problems)
    return reading.city
