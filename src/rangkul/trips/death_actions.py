"""A death in care: recording it, its steps, and its end. The holder of the case stays until burial or claim."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db.models import Exists, OuterRef

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import choice_of, past_day, words_of
from rangkul.directory.city import city
from rangkul.domain import deaths as rules
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.trips import OPEN_STATES
from rangkul.files.actions import store
from rangkul.files.queries import StoredFile
from rangkul.people.actions import record_died
from rangkul.trips import refusals
from rangkul.trips.journey_actions import end_trip
from rangkul.trips.models import Death, DeathStep, Trip
from rangkul.trips.sight import cases_for
from rangkul.trips.steps import PIECES, RESULTS
from rangkul.vault.sealing import seal_json

LONG, SHORT = 2000, 200


@act("death.record")
def record_death(
    case_id: UUID, died_on: date, where: str, words: str, *, by: ActingMember, at: datetime
) -> Death:
    """Record that the person of a case has died. An open return ends; the case stays with its holder.

    Raises:
        DeathRecorded: somebody was first.
        DateInFuture, DateBeforeBirth, WordsMissing: what was typed.
    """
    case = locked_case(by, case_id, "death.record")
    if Death.objects.filter(case=case).exists():
        raise refusals.DeathRecorded
    day = past_day(died_on, at, "died_on", case.person)
    death = Death(
        case=case,
        person_id=case.person_id,
        died_on=day,
        identified=case.person.identity_level >= 3,  # noqa: PLR2004 - document seen
        recorded_at=at,
        member_id=by.id,
        post_id=by.post_id,
    )
    said = {
        "where": words_of(where, "where", most=SHORT),
        "words": words_of(words, "words", most=LONG, needed=False),
    }
    death.sealed = seal_json(case.person_id, f"trips_death|sealed|{death.pk}", said)
    death.save(force_insert=True)
    record_died(case.person_id, day)
    for trip in (
        Trip.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(case=case, state__in=OPEN_STATES)
    ):
        trip.case = case
        end_trip(trip, "Yang bepergian meninggal.", by=by, at=at)
    _tell("death.recorded", death, by, at, {"died_on": day.isoformat()})
    return death


@act("death.step")
def record_step(  # noqa: PLR0913 - what a step says
    death_id: UUID,
    step: str,
    happened_on: date,
    said: Mapping[str, str],
    *,
    by: ActingMember,
    at: datetime,
    until: date | None = None,
    seen: int | None = None,
) -> DeathStep:
    """One step of the path. Burial or claim settles it; only then the case can be closed as *meninggal*.

    Args:
        until: the last day of a publication; the city's number of days when not given.

    Raises:
        StepDone, StepTooEarly, PublicationRuns, UntilBeforeStart: the step cannot be taken.
        StepMissing, ChoiceUnknown, DateInFuture: what was typed.
    """
    choice_of(step, "step", rules.STEPS)
    death = locked_death(by, death_id, seen=seen)
    day = past_day(happened_on, at, "happened_on")
    facts = facts_of(death)
    rules.check_step(step, facts, on=day, reason=said.get("reason", ""))
    content = _content(step, said)
    if step == rules.PUBLICATION:
        last = until or day + timedelta(days=city().limit("death_notice_days"))
        if last < day:
            raise rules.UntilBeforeStart(field="until")
        death.published_until = last
        content["until"] = last.isoformat()
    if step == rules.IDENTIFICATION:
        death.identified = content["result"] == "found"
    if step in rules.SETTLED:
        death.settled_on, death.settled_by = day, step
    row = DeathStep(
        death=death, step=step, happened_on=day, recorded_at=at, member_id=by.id, post_id=by.post_id
    )
    row.sealed = seal_json(death.person_id, f"trips_death_step|sealed|{row.pk}", content)
    row.save(force_insert=True)
    death.revision += 1
    death.save(update_fields=("published_until", "identified", "settled_on", "settled_by", "revision"))
    action = "death.buried" if step in rules.SETTLED else "death.step_recorded"
    _tell(action, death, by, at, {"step": step, "on": day.isoformat()})
    return row


def _content(step: str, said: Mapping[str, str]) -> dict[str, str]:
    content = {}
    for name, needed in PIECES[step]:
        words = words_of(said.get(name, ""), name, most=LONG, needed=False)
        if needed and not words:
            raise refusals.StepMissing(field=name, label=name)
        content[name] = words
    if step == rules.IDENTIFICATION:
        choice_of(content["result"], "result", RESULTS)
    return content


@act("death.attach")
def attach_photo(death_id: UUID, upload: File[Any] | bytes, *, by: ActingMember, at: datetime) -> StoredFile:
    """Keep a photo for identification; it shows on the page of the death only, and each look is recorded."""
    death = locked_death(by, death_id)
    return store(
        upload,
        subject_id=death.person_id,
        about_kind="death",
        about_id=death.pk,
        kind="photo",
        sensitivity="protected",
        by=by,
        at=at,
    )


def facts_of(death: Death) -> rules.DeathFacts:
    """What the rules read of a death."""
    done = frozenset(DeathStep.objects.filter(death=death).values_list("step", flat=True))
    return rules.DeathFacts(done, death.identified, death.published_until)


def locked_death(by: ActingMember, death_id: UUID, *, seen: int | None = None) -> Death:
    """The death with its case, both locked, the case first.

    Raises:
        NotFound, NotAllowed: of the case.
        ChangedMeanwhile: another officer was first.
    """
    case_id = (
        Death.objects.filter(
            Exists(cases_for(by, "death.record").filter(pk=OuterRef("case_id"))), pk=death_id
        )
        .values_list("case_id", flat=True)
        .first()
    )
    if case_id is None:
        raise NotFound
    # A later claim comes years after the case was closed.
    case = locked_case(by, case_id, "death.record", may_be_closed=True)
    death = Death.objects.select_for_update(of=("self",)).get(pk=death_id)
    death.case = case
    if seen is not None and seen != death.revision:
        raise ChangedMeanwhile(who=case.holder.title if case.holder else "")
    return death


def _tell(action: str, death: Death, by: ActingMember, at: datetime, detail: Mapping[str, object]) -> None:
    record(
        action,
        by=by,
        at=at,
        kind="death",
        subject_id=death.pk,
        sealed_under=death.person_id,
        sensitivity="protected",
        detail=detail,
        facts={
            "death_id": death.pk,
            "case_id": death.case_id,
            "person_id": death.person_id,
            "owner_post_id": death.case.holder_id,
            "holder_post_id": death.case.holder_id,
        },
    )
