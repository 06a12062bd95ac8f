"""A person as the repeat check and the side by side view read it."""

from __future__ import annotations

from datetime import datetime

from rangkul.domain.repeat_check import Description
from rangkul.domain.wib import wib_date
from rangkul.people.claims import as_rules_see
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.queries import age_of
from rangkul.people.typed import NAMES, is_telling


def description(person: Person, rows: list[IdentityClaim], at: datetime) -> Description:
    """What is known of a person, from these claims; names of a minor are opened for weighing, not for showing."""
    claims = as_rules_see([row for row in rows if row.kind in {*NAMES, "mark", "origin", "nik"}])
    said = {
        kind: tuple(each.value for each in claims if each.kind == kind) for kind in ("mark", "origin", "nik")
    }
    names = tuple(each.value for each in claims if each.kind in NAMES)
    return Description(
        names=(*names, *((person.street_label,) if is_telling(person.street_label) else ())),
        sex=person.sex,
        age=age_of(person, wib_date(at)),
        origin=person.origin_code or next(iter(said["origin"]), ""),
        marks=said["mark"],
        nik=next(reversed(said["nik"]), ""),
    )
