"""The clock reads the new entries of the trail and raises alarms by the city's rules, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rangkul.audit.models import Event, EventDetail
from rangkul.audit.recording import drain, record
from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.directory.models import Member, Post
from rangkul.domain.alarms import LOOKS, kin, moments_over, outside_area
from rangkul.domain.citydata import AlarmRule
from rangkul.domain.policy import ActingMember
from rangkul.people.claims import standing, value_of
from rangkul.people.models import Person, Relation
from rangkul.people.same import same_as
from rangkul.people.typed import NAMES
from rangkul.reports.models import Contact
from rangkul.vault.models import SubjectKey
from rangkul.vault.sealing import CannotOpen, make_key
from rangkul.watching.models import Alarm, Place

AT_ONCE: Final = 2000
_TICKETS: Final = "ticket.opened"
_CHECKS: Final = "person.check_alarm"
_SEARCHES: Final = ("search.run", "person.searched")
_REFUSALS: Final = ("access.denied",)
READ: Final = (*LOOKS, _TICKETS, _CHECKS, *_SEARCHES, *_REFUSALS)


@dataclass(frozen=True, slots=True)
class Found:
    """A rule spoke at this event."""

    event: Event
    about: tuple[str, UUID] | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """New events with what the rules ask of them, read in a handful of queries."""

    events: list[Event]
    members: dict[UUID, Member]
    areas: dict[str, frozenset[str]]
    about: dict[UUID, tuple[str, UUID]] = field(default_factory=dict)
    persons: dict[UUID, UUID] = field(default_factory=dict)
    areas_of: dict[UUID, str] = field(default_factory=dict)

    @property
    def looks(self) -> Iterator[Event]:
        """Events by which a member read something of somebody."""
        return (each for each in self.events if each.action in LOOKS and each.actor_pid in self.members)


def notice(*, by: ActingMember, at: datetime) -> int:
    """Read what the trail gained and raise what is due; return how many alarms. Twice raises nothing twice."""
    drain()
    raised = 0
    while True:
        with transaction.atomic():
            place, _ = Place.objects.select_for_update().get_or_create(pk=1)
            fresh = Event.objects.filter(seq__gt=place.seq).order_by("seq")
            numbers = list(fresh.values_list("seq", flat=True)[:AT_ONCE])
            if not numbers:
                return raised
            rows = list(fresh.filter(seq__lte=numbers[-1], action__in=READ))
            raised += _raise(_batch(rows), by, at) if rows else 0
            Place.objects.filter(pk=1).update(seq=numbers[-1])
        if len(numbers) < AT_ONCE:
            return raised


def _batch(rows: list[Event]) -> Batch:
    pids = {row.actor_pid for row in rows if row.actor_pid}
    members = {each.pid: each for each in Member.objects.filter(pid__in=pids)}
    codes = {row.post_code for row in rows}
    posts = Post.objects.filter(code__in=codes).values_list("code", "areas")
    objects = {row.object_pid for row in rows if row.object_pid and row.action in LOOKS}
    subjects = dict(SubjectKey.objects.filter(pid__in=objects).values_list("pid", "subject_id"))
    about = {
        row.pk: (row.object_kind, subjects.get(row.object_pid, row.object_pid))
        for row in rows
        if row.object_pid
    }
    persons = _persons(rows, about)
    return Batch(
        rows,
        members,
        {code: frozenset(areas) for code, areas in posts},
        about,
        persons,
        _areas(about, persons),
    )


def _persons(rows: list[Event], about: dict[UUID, tuple[str, UUID]]) -> dict[UUID, UUID]:
    """Event -> the person it is about: under whose key its detail is sealed, or who its object is."""
    ids = [row.pk for row in rows]
    subjects = dict(EventDetail.objects.filter(pk__in=ids).values_list("event_id", "subject_id"))
    cases = [subject for kind, subject in about.values() if kind == "case"]
    of_case = dict(Case.objects.filter(pk__in=cases).values_list("pk", "person_id"))
    for event, (kind, subject) in about.items():
        person = subject if kind == "person" else of_case.get(subject)
        if person is not None:
            subjects[event] = person
    known = set(Person.objects.filter(pk__in=set(subjects.values())).values_list("pk", flat=True))
    return {event: subject for event, subject in subjects.items() if subject in known}


def _areas(about: dict[UUID, tuple[str, UUID]], persons: dict[UUID, UUID]) -> dict[UUID, str]:
    """Event -> the kelurahan of what it is about: of the case, the contact, or the person's newest open case."""
    cases = {subject for kind, subject in about.values() if kind == "case"}
    wanted = Q(pk__in=cases) | Q(person_id__in=set(persons.values()), closed_at__isnull=True)
    rows = list(Case.objects.filter(wanted).order_by("opened_at").values_list("pk", "person_id", "area_code"))
    of_case = {pk: area for pk, _, area in rows}
    of_person = {person: area for _, person, area in rows}
    contacts = [subject for kind, subject in about.values() if kind == "contact"]
    of_contact = dict(Contact.objects.filter(pk__in=contacts).values_list("pk", "area_code"))
    found = {}
    for event, (_kind, subject) in about.items():
        area = (
            of_case.get(subject) or of_contact.get(subject) or of_person.get(persons.get(event, subject), "")
        )
        if area:
            found[event] = area
    return found


def _raise(batch: Batch, by: ActingMember, at: datetime) -> int:
    raised = 0
    for code, rule in city().alarms.items():
        for found in _RULES[code](rule, batch):
            raised += _one(rule, found, batch, by, at)
    return raised


def _one(rule: AlarmRule, found: Found, batch: Batch, by: ActingMember, at: datetime) -> int:
    event = found.event
    member = batch.members.get(event.actor_pid) if event.actor_pid else None
    kind, subject = found.about or ("", None)
    if rule.minutes:
        near = Alarm.objects.filter(
            rule=rule.code,
            member=member,
            subject_id=subject,
            at__gt=event.at - timedelta(minutes=rule.minutes),
        )
        if near.exists():
            return 0
    alarm, new = Alarm.objects.get_or_create(
        rule=rule.code,
        event_id=event.pk,
        defaults={
            "member": member,
            "post_code": event.post_code,
            "agency": event.agency,
            "subject_kind": kind,
            "subject_id": subject,
            "is_sealed": event.sensitivity == "sealed",
            "count": found.count,
            "at": event.at,
            "raised_at": at,
        },
    )
    if not new:
        return 0
    make_key(alarm.pk, "alarm")
    record(
        "audit.alarm",
        by=by,
        at=at,
        kind="alarm",
        subject_id=alarm.pk,
        result=rule.code,
        # The check on repeat checks told its own news at once; the alarm stands beside it for the verdict.
        facts={"alarm_id": alarm.pk, "is_news": rule.code != "checks"},
    )
    return 1


# --- the rules; each says at which events it speaks


def _outside_area(_rule: AlarmRule, batch: Batch) -> Iterator[Found]:
    for event in batch.looks:
        areas, area = batch.areas.get(event.post_code, frozenset()), batch.areas_of.get(event.pk, "")
        if outside_area(areas, area):
            yield Found(event, _whom(batch, event))


def _whom(batch: Batch, event: Event) -> tuple[str, UUID] | None:
    """The person where one is known, so that case and person of one look are one alarm."""
    person = batch.persons.get(event.pk)
    return ("person", person) if person else batch.about.get(event.pk)


def _many_cases(rule: AlarmRule, batch: Batch) -> Iterator[Found]:
    return _counted(rule, batch, LOOKS, distinct=True)


def _searches(rule: AlarmRule, batch: Batch) -> Iterator[Found]:
    return _counted(rule, batch, _SEARCHES)


def _refusals(rule: AlarmRule, batch: Batch) -> Iterator[Found]:
    return _counted(rule, batch, _REFUSALS)


def _counted(
    rule: AlarmRule, batch: Batch, actions: Iterable[str], *, distinct: bool = False
) -> Iterator[Found]:
    """Events at which somebody had done more than ``most`` of these within the time, that before the batch counted."""
    fresh = {
        each.pk: each
        for each in batch.events
        if each.action in set(actions) and each.actor_pid in batch.members
    }
    if not fresh:
        return
    within = timedelta(minutes=rule.minutes)
    first = min(each.at for each in fresh.values())
    rows = (
        Event.objects.filter(
            actor_pid__in={each.actor_pid for each in fresh.values()},
            action__in=list(actions),
            at__gt=first - within,
        )
        .order_by("at", "id")
        .values_list("actor_pid", "at", "pk", "detail__subject_id", "object_pid")
    )
    by_actor: dict[UUID, list[tuple[datetime, UUID]]] = {}
    last: dict[tuple[UUID, datetime], Event] = {}
    for actor, moment, pk, person, subject in rows:
        if actor is not None:
            which = next((each for each in (person, subject) if each is not None), pk) if distinct else pk
            by_actor.setdefault(actor, []).append((moment, which))
            if pk in fresh:
                last[actor, moment] = fresh[pk]
    for actor, looks in by_actor.items():
        for moment in moments_over(looks, rule.most, within):
            if (actor, moment) in last:
                yield Found(last[actor, moment], count=rule.most + 1)


def _own_family(rule: AlarmRule, batch: Batch) -> Iterator[Found]:
    named = lru_cache(maxsize=None)(_names_of)
    for event in batch.looks:
        person = batch.persons.get(event.pk)
        if person is None or event.actor_pid is None:
            continue
        names, family = named(person)
        if kin(batch.members[event.actor_pid].name, names, family, rule.words):
            yield Found(event, ("person", person))


def _names_of(person_id: UUID) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What somebody is called, and what those are called who are recorded as relatives."""
    ids = same_as(person_id)
    relations = Relation.objects.filter(Q(person__in=ids) | Q(other__in=ids), ended_on__isnull=True)
    others = {each for pair in relations.values_list("person_id", "other_id") for each in pair} - set(ids)
    called: dict[bool, list[str]] = {True: [], False: []}
    for claim in standing([*ids, *others]):
        if claim.kind in NAMES:
            try:
                called[claim.person_id in ids].append(value_of(claim))
            except CannotOpen:  # erased
                continue
    labels = Person.objects.filter(pk__in=[*ids, *others], has_name=True).values_list("pk", "label")
    for pk, label in labels:
        called[pk in ids].append(label)
    return tuple(called[True]), tuple(called[False])


def _ticket(_rule: AlarmRule, batch: Batch) -> Iterator[Found]:
    return (Found(each, batch.about.get(each.pk)) for each in batch.events if each.action == _TICKETS)


def _checks(_rule: AlarmRule, batch: Batch) -> Iterator[Found]:
    return (Found(each) for each in batch.events if each.action == _CHECKS)


_RULES: Final[dict[str, Callable[[AlarmRule, Batch], Iterator[Found]]]] = {
    "outside_area": _outside_area,
    "many_cases": _many_cases,
    "own_family": _own_family,
    "ticket": _ticket,
    "checks": _checks,
    "searches": _searches,
    "refusals": _refusals,
}
