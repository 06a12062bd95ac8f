"""A contact with a child was recorded, or it was said who the child is: hold it beside the others, in the same act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from rangkul.audit.news import News
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.domain import exploitation as rules
from rangkul.domain.safety_gate import CHILD
from rangkul.patterns.models import ChildSighting, Pattern
from rangkul.patterns.reading import sighting_of
from rangkul.people.same import links_of
from rangkul.reports.contact_queries import opened
from rangkul.reports.models import Contact
from rangkul.vault.sealing import blind_index, load_keys, make_key

MOST: Final = 200
"""Sightings held beside one new one; a plate that was seen more often within two weeks is found all the same."""


def follow(news: News) -> None:
    """Hear of contacts; whoever recorded one learns nothing from here but the sentence on its page."""
    if news.action == "contact.recorded":
        _recorded(news.facts["contact_id"], news.at)
    elif news.action == "contact.linked":
        _linked(news.facts["contact_id"], news.facts["person_id"], news.at)


def _recorded(contact_id: UUID, at: datetime) -> None:
    contact = Contact.objects.get(pk=contact_id)
    content = opened(contact)
    if CHILD not in content.get("gate", ()):
        return
    plate = rules.plate_of(content["seen"].get("plate", ""))
    row = ChildSighting.objects.create(
        contact=contact,
        at=contact.met_at,
        child_id=contact.person_id,
        plate_index=blind_index("sighting.plate", plate) if plate else None,
    )
    _look(row, at)


def _linked(contact_id: UUID, person_id: UUID, at: datetime) -> None:
    row = ChildSighting.objects.filter(pk=contact_id).first()
    if row is not None:
        row.child_id = person_id
        row.save(update_fields=("child",))
        _look(row, at)


def rule() -> rules.PatternRule:
    """The city's numbers."""
    limit = city().limit
    return rules.PatternRule(
        days=limit("pattern_days"),
        contacts=limit("pattern_contacts"),
        signs=limit("pattern_signs"),
        night_from=limit("night_from"),
        night_until=limit("night_until"),
    )


def _look(row: ChildSighting, at: datetime) -> None:
    """Look from this sighting, and from every later one that it may complete: contacts come in late."""
    numbers = rule()
    beside = _beside(row, numbers)
    found = None
    for newest in (each for each in beside if each.at >= row.at):
        pattern = rules.find_pattern(beside, newest.contact_id, numbers)
        if pattern is not None and row.pk in pattern.contacts:
            found = pattern
    if found is not None:
        _tell(found, at)


def _beside(row: ChildSighting, numbers: rules.PatternRule) -> list[rules.Sighting]:
    """The sightings that may belong to this one: by child or plate, and by theirs in turn."""
    near = timedelta(days=numbers.days)
    rows = {row.pk: row}
    fresh: list[ChildSighting] = [row]
    while fresh and len(rows) < MOST:
        plates = [each.plate_index for each in fresh if each.plate_index is not None]
        wanted = Q(child__in=_records(fresh)) | Q(plate_index__in=plates)
        seen = ChildSighting.objects.filter(wanted, at__range=(row.at - near, row.at + near))
        fresh = list(seen.exclude(pk__in=list(rows)).order_by("-at")[: MOST - len(rows)])
        rows |= {each.pk: each for each in fresh}
    contacts = Contact.objects.in_bulk(list(rows))
    load_keys(list(contacts))
    kept = links_of([each.child_id for each in rows.values() if each.child_id])
    found = []
    for pk, each in rows.items():
        child = kept.get(each.child_id, each.child_id) if each.child_id else None
        found.append(sighting_of(contacts[pk], opened(contacts[pk]), child))
    return found


def _records(rows: Iterable[ChildSighting]) -> set[UUID]:
    """Every record of the children that these rows name."""
    ids = {row.child_id for row in rows if row.child_id}
    links = links_of(ids)
    return ids | set(links) | set(links.values())


def _tell(found: rules.Pattern, at: datetime) -> None:
    """Open a pattern, or add to the one that is there; one that was answered is open again when it grows."""
    rows = list(ChildSighting.objects.select_for_update().filter(pk__in=found.contacts))
    known = Pattern.objects.filter(pk__in=[row.pattern_id for row in rows if row.pattern_id]).order_by(
        "raised_at"
    )
    pattern = known.first()
    is_new = pattern is None
    if pattern is None:
        pattern = Pattern(raised_at=at, grown_at=at, signs="")
        make_key(pattern.pk, "pattern")
    elif all(row.pattern_id == pattern.pk for row in rows):
        return
    held = set(pattern.signs.split(";")) | set(found.signs)
    pattern.signs = ";".join(sign for sign in rules.SIGNS if sign in held)
    pattern.grown_at, pattern.state = at, "open"
    pattern.revision += 0 if is_new else 1
    pattern.save(force_insert=is_new)
    # Two patterns that turn out to be one: the older one goes on, nothing points to the other any more.
    others = [row.pattern_id for row in rows if row.pattern_id and row.pattern_id != pattern.pk]
    ChildSighting.objects.filter(Q(pk__in=found.contacts) | Q(pattern__in=others)).update(pattern=pattern)
    Pattern.objects.filter(pk__in=others).update(state="answered", verdict="joined")
    record(
        "pattern.raised" if is_new else "pattern.grown",
        by=None,
        at=at,
        kind="pattern",
        subject_id=pattern.pk,
        sensitivity="protected",
        facts={"pattern_id": pattern.pk},
    )
