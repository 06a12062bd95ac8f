"""Requests about somebody, as the desk takes them."""

from __future__ import annotations

from typing import Any

from rangkul.cases.models import Case
from rangkul.people.models import Person
from rangkul.rights.actions import DecisionInput, RequestInput, decide, receive
from rangkul.rights.models import PrivacyRequest
from tests.cases.made import an_open_case
from tests.cast import Cast


def a_subject(cast: Cast) -> tuple[Person, Case]:
    """Somebody with an open case of rini's."""
    case = an_open_case(cast)
    return case.person, case


def said(kind: str, person: Person | None = None, **more: Any) -> RequestInput:
    given = {
        "kind": kind, "asker": "self", "channel": "desk", "name": "Sri Wahyuni", "contact": "di Rumah Singgah",
        "identity": "known_here", "words": "Saya ingin tahu.", "person_code": person.code if person else "",
    }  # fmt: skip
    return RequestInput(**{**given, **more})


def asked(cast: Cast, kind: str, person: Person | None = None, **more: Any) -> PrivacyRequest:
    return receive(said(kind, person, **more), by=cast.dpo, at=cast.at)


def granted(cast: Cast, kind: str, person: Person, outcome: str = "granted", **more: Any) -> PrivacyRequest:
    row = asked(cast, kind, person)
    return decide(row.pk, DecisionInput(outcome=outcome, **more), by=cast.dpo, at=cast.later(hours=1))
