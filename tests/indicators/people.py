"""Persons with assessments, services and cases, written as rows, with the news that the actions above would tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from uuid_utils.compat import uuid7

from rangkul.audit.news import News
from rangkul.cases.models import AssessedNeed, Assessment, Case, CaseTurn
from rangkul.domain.wib import start_of_day
from rangkul.indicators.followers import follow
from rangkul.people.models import Person
from rangkul.services.models import ServiceRecord
from rangkul.vault.sealing import make_key
from tests.cast import Cast

_codes = count(1)
_moments = count(1)
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


def tell(action: str, **facts: object) -> None:
    follow(News(action, "person", None, None, NEVER, facts))


@dataclass
class Story:
    """One person and what happens to them."""

    cast: Cast
    citizen: str = "ya"
    label: str = ""
    born: date | None = None
    person: Person = field(init=False)

    def __post_init__(self) -> None:
        number = next(_codes)
        self.person = Person.objects.create(
            code=f"T{number:06d}",
            label=self.label or f"Orang {number}",
            has_name=bool(self.label),
            citizen=self.citizen,
            born_from=self.born,
            born_to=self.born,
            registered_by_id=self.cast.desk.post_id,
            registered_at=NEVER,
            person_key=f"k{number}",
        )
        make_key(self.person.pk, "person")

    def open_case(self, on: date, *, holder: UUID | None = None, sensitivity: str = "ordinary") -> Case:
        number = next(_codes)
        case = Case.objects.create(
            code=f"K{number:06d}",
            person=self.person,
            agency_id="dinsos",
            sensitivity=sensitivity,
            rule_version="1",
            opened_at=start_of_day(on),
            stage="asesmen",
            stage_since=start_of_day(on),
            holder_id=holder or self.cast.peksos.post_id,
            held_since=start_of_day(on),
        )
        self._turn(case, "opened", on)
        tell("case.opened", person_id=self.person.pk, case_id=case.pk, on=on, holder_post_id=case.holder_id)
        return case

    def _turn(self, case: Case, turn: str, on: date) -> None:
        at = start_of_day(on) + timedelta(microseconds=next(_moments))
        CaseTurn.objects.create(case=case, turn=turn, at=at)

    def close(self, case: Case, on: date) -> None:
        self._turn(case, "closed", on)
        Case.objects.filter(pk=case.pk).update(closed_at=start_of_day(on), holder=None)
        tell("case.closed", person_id=self.person.pk, case_id=case.pk, on=on, holder_post_id=None)

    def reopen(self, case: Case, on: date) -> None:
        self._turn(case, "reopened", on)
        Case.objects.filter(pk=case.pk).update(closed_at=None, holder_id=self.cast.peksos.post_id)
        tell("case.reopened", person_id=self.person.pk, case_id=case.pk, on=on, holder_post_id=None)

    def assess(self, on: date, spm_type: str, *items: str, case: Case | None = None) -> Assessment:
        recorded_at = datetime.combine(date(2026, 1, 1), time(), UTC) + timedelta(seconds=next(_moments))
        row = Assessment.objects.create(
            id=uuid7(),
            person=self.person,
            case=case,
            assessed_on=on,
            recorded_at=recorded_at,
            finished_at=recorded_at,
        )
        AssessedNeed.objects.create(
            assessment=row,
            person=self.person,
            case=case,
            assessed_on=on,
            spm_type=spm_type,
            items=";".join(sorted(items)),
        )
        tell("assessment.finished", person_id=self.person.pk, case_id=case and case.pk, assessed_on=on)
        return row

    def void_assessment(self, row: Assessment) -> None:
        Assessment.objects.filter(pk=row.pk).update(voided_at=NEVER)
        AssessedNeed.objects.filter(assessment=row).update(voided=True)
        tell("assessment.voided", person_id=self.person.pk, case_id=row.case_id, assessed_on=row.assessed_on)

    def give(
        self,
        on: date,
        item: str,
        *,
        proof: str = "foto",
        setting: str = "luar_panti",
        case: Case | None = None,
        imported: bool = False,
    ) -> ServiceRecord:
        row = ServiceRecord.objects.create(
            person=self.person,
            case=case,
            item=item,
            given_on=on,
            quantity=Decimal(1),
            unit="paket",
            agency_id="dinsos",
            setting=setting,
            proof=proof,
            recorded_at=NEVER,
        )
        if imported:
            tell("services.imported", given=[(self.person.pk, item, on, bool(proof), setting)])
        else:
            tell("service.recorded", person_ids=[self.person.pk], years={on.year}, case_id=case and case.pk)
        return row

    def void(self, row: ServiceRecord) -> None:
        ServiceRecord.objects.filter(pk=row.pk).update(voided_at=NEVER, void_reason="salah catat")
        tell("service.voided", person_ids=[self.person.pk], years={row.given_on.year}, case_id=row.case_id)

    def become(self, citizen: str) -> None:
        Person.objects.filter(pk=self.person.pk).update(citizen=citizen)
        tell("person.identified", person_id=self.person.pk, citizen_changed=True)
