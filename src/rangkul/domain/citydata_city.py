"""A city: all its tables, read once, checked, and asked by code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Protocol as Shape

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
    Identity,
    Indicator,
    Institution,
    InstitutionCriterion,
    InstitutionKind,
    LadderRung,
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

SATURDAY = 5


class Named(Shape):
    """Anything with words in both languages."""

    def named(self, language: str) -> str:
        """The words in this language."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One city's data. Tables of coded rows are mappings in file order; the others are tuples.

    Asking for a code that is not there raises ``KeyError``: what people type is checked with ``in`` first.
    """

    identity: Identity
    limits: Mapping[str, Limit]
    retention: Mapping[str, Retention]
    phones: Mapping[str, Phone]
    spm_weights: SpmWeights
    bands: tuple[Band, ...]
    areas: Mapping[str, Area]
    agencies: Mapping[str, Agency]
    agency_names: tuple[AgencyName, ...]
    posts: Mapping[str, Post]
    roles: Mapping[str, Role]
    permissions: tuple[Permission, ...]
    ppks: Mapping[str, Ppks]
    street_categories: Mapping[str, StreetCategory]
    choices: tuple[Choice, ...]
    grounds: tuple[Ground, ...]
    decisions: Mapping[str, Decision]
    gate: tuple[GateQuestion, ...]
    clocks: Mapping[str, Clock]
    ladder: tuple[LadderRung, ...]
    relays: Mapping[str, Relay]
    notices: Mapping[str, NoticeRow]
    alarms: Mapping[str, AlarmRule]
    exports: tuple[ExportRule, ...]
    mandates: tuple[Mandate, ...]
    holidays: Mapping[date, Holiday]
    stages: Mapping[str, Stage]
    needs: Mapping[str, Need]
    closing_reasons: Mapping[str, ClosingReason]
    services: Mapping[str, ServiceItem]
    indicators: tuple[Indicator, ...]
    protocols: Mapping[str, Protocol]
    protocol_questions: Mapping[str, ProtocolQuestion]
    protocol_steps: Mapping[str, ProtocolStep]
    meeting_kinds: Mapping[str, MeetingKind]
    functioning: tuple[FunctioningDomain, ...]
    functioning_levels: tuple[FunctioningLevel, ...]
    washington: tuple[WashingtonQuestion, ...]
    washington_answers: tuple[WashingtonAnswer, ...]
    assessment: Mapping[str, AssessmentSection]
    need_flags: Mapping[str, NeedFlag]
    letter_units: Mapping[str, LetterUnit]
    letters: Mapping[str, LetterKind]
    letter_gaps: Mapping[str, LetterGap]
    letter_templates: Mapping[str, LetterTemplate]
    institution_kinds: Mapping[str, InstitutionKind]
    institutions: Mapping[str, Institution]
    institution_criteria: tuple[InstitutionCriterion, ...]
    referral_results: Mapping[str, ReferralResultCode]
    rights_grounds: Mapping[str, RightsGround]
    data_classes: Mapping[str, DataClass]

    # --- the city itself

    @property
    def code(self) -> str:
        """The Kemendagri code of the city, such as 33.71."""
        return self.identity.code

    @property
    def name(self) -> str:
        """The city's name, such as Kota Magelang."""
        return self.identity.name

    @property
    def rules_version(self) -> str:
        """The version that a case opened today keeps."""
        return self.identity.rules_version

    def limit(self, code: str) -> int:
        """A number the city set, such as ``max_shelter_days``."""
        return self.limits[code].value

    @property
    def max_shelter_days(self) -> int:
        """Nights in the shelter before an extension is needed."""
        return self.limit("max_shelter_days")

    @property
    def warn_at_day(self) -> int:
        """The day of a stay on which the warning begins."""
        return self.limit("warn_at_day")

    @property
    def meals_per_day(self) -> int:
        """Meals that a day in the shelter gives."""
        return self.limit("meals_per_day")

    @property
    def meal_days(self) -> int:
        """Days of meals per person that are counted and paid outside panti."""
        return self.limit("meal_days")

    def label(self, row: Named, language: str) -> str:
        """The words of any row in this language."""
        return row.named(language)

    # --- where and who

    def area(self, code: str) -> Area:
        """A kecamatan, kelurahan or outside regency."""
        return self.areas[code]

    @property
    def kecamatan(self) -> tuple[Area, ...]:
        """The kecamatan of the city."""
        return tuple(each for each in self.areas.values() if each.level == "kecamatan")

    @property
    def kelurahan(self) -> tuple[Area, ...]:
        """The kelurahan of the city."""
        return tuple(each for each in self.areas.values() if each.level == "kelurahan")

    @property
    def outside(self) -> tuple[Area, ...]:
        """The regencies and cities around."""
        return tuple(each for each in self.areas.values() if each.is_outside)

    def relay_to(self, area_code: str) -> Relay | None:
        """The line that leads to an area: of those whose destinations begin its code, the one that says most."""
        found = [
            (len(start), each)
            for each in self.relays.values()
            for start in each.destinations
            if area_code == start or area_code.startswith(f"{start}.")
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def agency_name(self, key: str, on: date) -> str:
        """What the agency is (or was) called on this day; before its first known name, that first name."""
        return self._agency_name(key, on).name

    def agency_short(self, key: str, on: date) -> str:
        """The short name of the agency on this day."""
        return self._agency_name(key, on).short

    def _agency_name(self, key: str, on: date) -> AgencyName:
        names = sorted(
            (each for each in self.agency_names if each.agency == key), key=lambda each: each.valid_from
        )
        if not names:
            raise KeyError(key)
        begun = [each for each in names if each.valid_from <= on]
        return begun[-1] if begun else names[0]

    def post(self, code: str) -> Post:
        """A post by its code, such as ``dinsos.piket``."""
        return self.posts[code]

    def posts_of_role(self, role: str) -> tuple[Post, ...]:
        """Every post of this role."""
        return tuple(each for each in self.posts.values() if each.role == role)

    def role(self, code: str) -> Role:
        """A role by its code."""
        return self.roles[code]

    # --- contacts, cases, services

    def choices_of(self, list_code: str) -> tuple[Choice, ...]:
        """The entries of one drop-down list, in the city's order."""
        return tuple(each for each in self.choices if each.list == list_code)

    def choice(self, list_code: str, code: str) -> Choice:
        """One entry of a drop-down list."""
        for each in self.choices:
            if each.list == list_code and each.code == code:
                return each
        raise KeyError(code)

    def grounds_in_force(self, on: date) -> tuple[Ground, ...]:
        """The grounds for acting that hold on this day."""
        return tuple(each for each in self.grounds if each.in_force(on))

    def ground_in_force(self, code: str, on: date) -> Ground | None:
        """The ground with this code, if it holds on this day."""
        return next((each for each in self.grounds_in_force(on) if each.code == code), None)

    def ground(self, code: str) -> Ground:
        """The ground with this code, in its newest row, whether or not it still holds (for old records)."""
        rows = [each for each in self.grounds if each.code == code]
        if not rows:
            raise KeyError(code)
        return max(rows, key=lambda each: each.valid_from)

    def decision(self, code: str) -> Decision:
        """A field decision by its code."""
        return self.decisions[code]

    def clock(self, code: str) -> Clock:
        """A time limit by its code."""
        return self.clocks[code]

    def mandates_in_force(self, on: date) -> tuple[Mandate, ...]:
        """What agencies must do on this day."""
        return tuple(each for each in self.mandates if each.in_force(on))

    def export_rule(self, kind: str, role: str) -> ExportRule | None:
        """What a role may take of this kind; None: nothing."""
        return next((each for each in self.exports if (each.code, each.role) == (kind, role)), None)

    def rungs(self, ladder: str) -> tuple[LadderRung, ...]:
        """The steps of a ladder, lowest first."""
        return tuple(each for each in self.ladder if each.ladder == ladder)

    @property
    def stage_table(self) -> Mapping[str, Stage]:
        """The legal stages by code, in their order."""
        return self.stages

    def stage(self, code: str) -> Stage:
        """A stage by its code."""
        return self.stages[code]

    @property
    def first_stage(self) -> Stage:
        """The stage with which every case begins."""
        return next(iter(self.stages.values()))

    def need(self, code: str) -> Need:
        """A kind of evidence by its code."""
        return self.needs[code]

    def closing_reason(self, code: str) -> ClosingReason:
        """A reason for closing by its code."""
        return self.closing_reasons[code]

    def service(self, item: str) -> ServiceItem:
        """A service item by its key."""
        return self.services[item]

    def criteria_of(self, institution: str) -> tuple[InstitutionCriterion, ...]:
        """What an institution asks, in the order of the file."""
        return tuple(each for each in self.institution_criteria if each.institution == institution)

    def results_of(self, kind: str, *, by_sender: bool) -> tuple[ReferralResultCode, ...]:
        """What may come of a referral to this kind, as its institution or the sender records it."""
        rows = self.referral_results.values()
        return tuple(each for each in rows if kind in each.kinds and each.by_sender == by_sender)

    def grounds_to_refuse(self, kind: str) -> tuple[RightsGround, ...]:
        """The lawful grounds for refusing this kind of request about one's own data."""
        return tuple(each for each in self.rights_grounds.values() if kind in each.kinds)

    @property
    def spm_items(self) -> tuple[ServiceItem, ...]:
        """The basic items that count for the minimum standard."""
        return tuple(each for each in self.services.values() if each.is_spm)

    def items_of_type(self, spm_type: str) -> tuple[ServiceItem, ...]:
        """The items that the list of a type names; S5 may name any."""
        return tuple(each for each in self.spm_items if spm_type == "S5" or spm_type in each.spm)

    def indicator(self, code: str, on: date) -> Indicator | None:
        """The statutory figure of an SPM type as it holds on this day."""
        return next((each for each in self.indicators if each.code == code and each.in_force(on)), None)

    # --- days

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, no holiday and no collective leave."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def knows_holidays_of(self, year: int) -> bool:
        """False for a year whose holidays nobody entered yet: working days are then counted by weekends only."""
        return any(day.year == year for day in self.holidays)

    # --- what still has to be checked

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Every row of every table with the table's name."""
        for table in fields(self):
            value = getattr(self, table.name)
            if isinstance(value, Row):
                yield table.name, value
            else:
                for row in value.values() if isinstance(value, Mapping) else value:
                    yield table.name, row

    def unconfirmed(self) -> list[tuple[str, Row]]:
        """Rows whose law or source nobody has read yet, for the release notes and the city's lawyer."""
        return [(table, row) for table, row in self.rows() if not row.confirmed]
