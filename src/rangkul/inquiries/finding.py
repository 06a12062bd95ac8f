"""The same matcher both ways: a new inquiry beside the register, a changed person beside the open inquiries.

Run by the clock, never by whoever asks, so that no answer and no waiting time says anything. What is found goes to the post
that answers for the person; where a case is sealed, nothing is told from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from rangkul.audit.news import News
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.directory.queries import posts_with_role
from rangkul.domain.inquiries import ENDED, LEAST_LIKELY
from rangkul.domain.policy import ActingMember
from rangkul.domain.repeat_check import Description
from rangkul.inquiries.actions import opened, place_of
from rangkul.inquiries.models import DuePerson, Inquiry, InquiryMatch
from rangkul.matching.in_use import model_in_use
from rangkul.matching.queries import candidates as find_by_keys
from rangkul.people.claims import as_rules_see, standing
from rangkul.people.matching_records import record_of
from rangkul.people.models import Person
from rangkul.vault.rows import add_if_new
from rangkul.vault.sealing import load_keys, seal_json

if TYPE_CHECKING:
    from rangkul.matching.engine.record import Record

AT_ONCE: Final = 200
IN_ONE_TURN: Final = 20
"""Persons held beside the inquiries in one transaction: on SQLite nobody else writes meanwhile."""
MOST_OPEN: Final = 2_000
MOST_WEIGHED: Final = 120
TOLD: Final = 3
_CHANGED: Final = frozenset({"person.registered", "person.identified", "contact.linked"})
_NEW_HOLDER: Final = frozenset({"case.opened", "case.holder_changed"})


def follow(news: News) -> None:
    """A person is new or better known: hold them beside the open inquiries at the next beat of the clock."""
    if news.action in _CHANGED and (person_id := news.facts.get("person_id")):
        _mark_due(person_id, news.at)
    if news.action in _NEW_HOLDER:
        _move_matches(news)


def _mark_due(person_id: UUID, at: datetime) -> None:
    """Written also where the person is due already: the row is then ours until what changed is committed (``_hold_beside``)."""
    DuePerson.objects.bulk_create(
        [DuePerson(person_id=person_id, since=at)],
        update_conflicts=True,
        unique_fields=["person_id"],
        update_fields=["since"],
    )


def _move_matches(news: News) -> None:
    """What still waits goes with the case: who holds it now asks the person, and who held it is not asked any more."""
    case = Case.objects.filter(pk=news.facts["case_id"], closed_at__isnull=True).first()
    if case is None or case.holder_id is None or case.sensitivity == "sealed":
        return
    waiting = InquiryMatch.objects.filter(person_id=case.person_id, inquiry__closed_at__isnull=True)
    for match in (
        waiting.exclude(state=ENDED).exclude(holder_id=case.holder_id).select_for_update(of=("self",))
    ):
        match.holder_id = case.holder_id
        match.save(update_fields=("holder",))
        record(
            "inquiry.match_moved",
            by=news.by,
            at=news.at,
            kind="match",
            subject_id=match.pk,
            sensitivity="protected",
            facts={"match_id": match.pk, "owner_post_id": case.holder_id},
        )


def look(*, by: ActingMember, at: datetime) -> int:
    """One beat: inquiries that were not yet looked for, then persons that changed. Give how many matches were told."""
    told = 0
    fresh = [row for row in _open() if not opened(row)["looked"]][:AT_ONCE]
    for row in fresh:
        told += _look_for(row, by, at)
    due = list(DuePerson.objects.order_by("since").values_list("pk", flat=True)[:AT_ONCE])
    if due:
        told += _hold_beside(due, by, at)
    return told


def _open() -> list[Inquiry]:
    rows = list(Inquiry.objects.filter(closed_at__isnull=True).order_by("-received_at")[:MOST_OPEN])
    load_keys([row.pk for row in rows])
    return rows


def _look_for(row: Inquiry, by: ActingMember, at: datetime) -> int:
    from rangkul.matching.engine.engine import Engine  # noqa: PLC0415 - numpy only where somebody is looked for

    held = opened(row)
    asked = Description(
        names=tuple(each for each in (held["sought_name"], held["sought_alias"]) if each),
        sex=held["sought_sex"] if held["sought_sex"] in {"L", "P"} else "?",
        origin=held["sought_origin"],
        marks=tuple(part for part in held["sought_marks"].split(";") if part.strip()),
    )
    everybody = Person.objects.filter(merged_into__isnull=True, pk=OuterRef("person_id"))
    found = list(find_by_keys(asked, Exists(everybody), MOST_WEIGHED))
    engine = Engine(model_in_use())
    engine.add_many(_records(found))
    persons: dict[Any, UUID] = {pk: pk for pk in found}
    answer = engine.lookup(record_sought(held, row.received_at), limit=TOLD)
    with transaction.atomic():
        told = sum(
            _tell(row, persons[each.person_id], each.probability, by, at) for each in answer.candidates
        )
        row.sealed = seal_json(row.pk, place_of(row.pk), held | {"looked": True})
        row.save(update_fields=("sealed",))
    return told


def _hold_beside(due: Sequence[UUID], by: ActingMember, at: datetime) -> int:
    from rangkul.matching.engine.engine import Engine  # noqa: PLC0415

    rows: dict[Any, Inquiry] = {row.pk: row for row in _open()}
    engine = Engine(model_in_use())
    engine.add_many((pk, record_sought(opened(row), row.received_at)) for pk, row in rows.items())
    told = 0
    for start in range(0, len(due), IN_ONE_TURN):
        few = due[start : start + IN_ONE_TURN]
        with transaction.atomic():
            # First taken away, then read: whoever is just changing one of them holds its row, so we wait and read the
            # change; whoever comes later waits for us and marks the person anew. The other way round a change was lost.
            DuePerson.objects.filter(pk__in=few).delete()
            for person_id, record_ in _records(few) if rows else ():
                answer = engine.lookup(record_, limit=TOLD)
                told += sum(
                    _tell(rows[each.person_id], person_id, each.probability, by, at)
                    for each in answer.candidates
                )
    return told


def _tell(row: Inquiry, person_id: UUID, probability: float, by: ActingMember, at: datetime) -> bool:
    """Write a match for the person's holder, once; nothing about a person in a sealed case."""
    if probability < LEAST_LIKELY:
        return False
    cases = Case.every.filter(person_id=person_id, closed_at__isnull=True)
    if cases.filter(sensitivity="sealed").exists():
        return False
    person = Person.objects.select_related("registered_by").get(pk=person_id)
    holder = cases.values_list("holder_id", flat=True).first() or _carer_of(person)
    match = InquiryMatch(
        inquiry=row, person_id=person_id, holder_id=holder, probability=probability, found_at=at
    )
    if not add_if_new(match):
        return False
    record(
        "inquiry.matched",
        by=by,
        at=at,
        kind="match",
        subject_id=match.pk,
        sensitivity="protected",
        facts={"match_id": match.pk, "owner_post_id": holder},
    )
    return True


def _carer_of(person: Person) -> UUID:
    """Without an open case: the social worker's post that registered the person, else the head of rehabilitation."""
    post = person.registered_by
    if post is not None and post.role in {"social_worker", "rehab_head"}:
        return post.pk
    return (posts_with_role("rehab_head") or posts_with_role("duty_desk"))[0].pk


def _records(person_ids: Iterable[UUID]) -> list[tuple[Any, Record]]:
    persons = Person.objects.in_bulk(list(person_ids))
    said: dict[UUID, list[Any]] = {pk: [] for pk in persons}
    for claim in standing(persons):
        said[claim.person_id].append(claim)
    return [(pk, record_of(person, as_rules_see(said[pk]))) for pk, person in persons.items()]


def first_number(typed: str) -> str:
    """The age of *sekitar 70 tahun*: its first number, or nothing."""
    found = re.search(r"\d{1,3}", typed)
    return found.group() if found else ""


def record_sought(held: dict[str, Any], at: datetime) -> Record:
    """Whom somebody looks for, as the engine reads them."""
    from rangkul.matching.engine.record import Record  # noqa: PLC0415

    return Record(
        name=held["sought_name"],
        alias=held["sought_alias"],
        sex=held["sought_sex"],
        age_est=first_number(held["sought_age"]),
        recorded_on=at.date().isoformat(),
        origin_text=held["sought_origin"],
        mother_name=held["sought_mother"],
        marks=held["sought_marks"],
    )
