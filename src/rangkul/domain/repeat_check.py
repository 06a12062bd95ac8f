"""Has somebody met this person before? Candidates in order, with plain reasons (practice.md F2, S1).

Simple by intent: words of the name by sound, age, sex, origin, marks. A candidate is an offer to look,
never a merge. The third issue replaces the scoring by the trained model; reasons and answer shapes stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, Literal, TypeVar

from rangkul.domain.age import AgeRange
from rangkul.domain.names import keys, tokens

Id = TypeVar("Id")

AGE_FORGIVEN: Final = 5
"""Years by which a guess may be off (±5)."""

_WORD_LENGTH: Final = 4
"""Shorter words of a mark (di, ke, dan) say nothing."""

_WEIGHTS: Final = {
    "nik": 100,
    "name_sound": 40,
    "name_part": 20,
    "origin": 12,
    "mark": 12,
    "age": 8,
    "sex": 2,
}
ENOUGH: Final = 20
"""Below this a candidate is not offered: sex and age alone fit half a city."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of somebody; every field may be empty.

    ``names`` holds name, aliases and street labels.
    """

    names: tuple[str, ...] = ()
    sex: str = "?"
    age: AgeRange | None = None
    origin: str = ""
    marks: tuple[str, ...] = ()
    nik: str = ""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Id]):
    """One person who may be meant. ``reasons`` are codes, strongest first, that a face words."""

    person: Id
    score: int
    reasons: tuple[str, ...]


def candidates(
    asked: Description,
    register: Iterable[tuple[Id, Description]],
    *,
    not_the_same: frozenset[Id] = frozenset(),
    most: int = 5,
) -> list[Candidate[Id]]:
    """Return the persons who may be meant, best first; of equals the one that comes first in the register.

    Args:
        asked: what the officer typed.
        register: the persons that the officer's scope allows (the scope comes first, design 1.8).
        not_the_same: persons of whom somebody said *bukan dia*; they are not offered again.
        most: how many at most.
    """
    found = []
    for person, known in register:
        if person in not_the_same:
            continue
        reasons = compare(asked, known)
        score = sum(_WEIGHTS[reason] for reason in reasons)
        if score >= ENOUGH:
            found.append(Candidate(person, score, reasons))
    found.sort(key=lambda candidate: -candidate.score)
    return found[:most]


def compare(asked: Description, known: Description) -> tuple[str, ...]:
    """Return why two descriptions may be of one person, strongest first; empty when something rules it out.

    Ruled out: two known sexes that differ, or two ages further apart than both guesses and five years more.
    """
    if {asked.sex, known.sex} == {"L", "P"}:
        return ()
    same_age = None
    if asked.age is not None and known.age is not None:
        same_age = asked.age.overlaps(known.age, within=AGE_FORGIVEN)
    same_nik = bool(asked.nik) and asked.nik == known.nik
    if same_age is False and not same_nik:
        return ()
    holds = {
        "nik": same_nik,
        **_names(asked, known),
        "origin": _same_place(asked.origin, known.origin),
        "mark": bool(_words(asked.marks) & _words(known.marks)),
        "age": bool(same_age),
        "sex": asked.sex == known.sex and asked.sex != "?",
    }
    return tuple(reason for reason in _WEIGHTS if holds.get(reason))


Sign = Literal["agree", "part", "differ", "unknown"]


def line_by_line(one: Description, other: Description) -> dict[str, Sign]:
    """How two descriptions stand to each other, matter by matter, for a side by side view.

    ``part``: some of it is the same (one word of the name, one of several marks). ``unknown``: one side says nothing.
    """
    return {
        "name": _sign_of_names(one, other),
        "age": _sign(one.age, other.age, lambda: _ages_fit(one, other)),
        "sex": _sign(one.sex.strip("?"), other.sex.strip("?"), lambda: one.sex == other.sex),
        "origin": _sign(one.origin, other.origin, lambda: _same_place(one.origin, other.origin)),
        "mark": _sign(one.marks, other.marks, lambda: bool(_words(one.marks) & _words(other.marks))),
        "nik": _sign(one.nik, other.nik, lambda: one.nik == other.nik),
    }


def _sign(one: object, other: object, same: Callable[[], bool]) -> Sign:
    if not one or not other:
        return "unknown"
    return "agree" if same() else "differ"


def _sign_of_names(one: Description, other: Description) -> Sign:
    if not one.names or not other.names:
        return "unknown"
    found = _names(one, other)
    return "agree" if found["name_sound"] else "part" if found["name_part"] else "differ"


def _ages_fit(one: Description, other: Description) -> bool:
    return bool(one.age and other.age and one.age.overlaps(other.age, within=AGE_FORGIVEN))


@dataclass(frozen=True, slots=True)
class EnforcementAnswer:
    """All that an enforcement team learns: *kontak ke-n, n hari lalu, hubungi <jabatan>* (design 1.7).

    No name, no reason, no score, no agency that met the person.
    """

    contact_number: int
    days_since_last: int | None
    post_to_call: str


def enforcement_answer(earlier_contacts: Iterable[date], today: date, post_to_call: str) -> EnforcementAnswer:
    """Return the answer for a contact that is open, assigned and located; the caller has checked that it is.

    Args:
        earlier_contacts: WIB dates of the earlier contacts of the person who was chosen.
        today: the WIB date of this contact.
        post_to_call: title of the post that holds the case, or of the duty desk.
    """
    dates = [on for on in earlier_contacts if on <= today]
    return EnforcementAnswer(len(dates) + 1, (today - max(dates)).days if dates else None, post_to_call)


def _names(asked: Description, known: Description) -> dict[str, bool]:
    best = 0.0
    for one in asked.names:
        for other in known.names:
            ours, theirs = keys(one), keys(other)
            if ours and theirs:
                best = max(best, len(ours & theirs) / max(len(ours), len(theirs)))
    return {"name_sound": best == 1, "name_part": 0 < best < 1}


def _same_place(one: str, other: str) -> bool:
    """Compare two Kemendagri codes as far as both go, from the regency down, or two places by their words."""
    if not one or not other:
        return False
    if one[0].isdigit() and other[0].isdigit():
        shorter, longer = sorted((one, other), key=len)
        return len(shorter) >= len("33.71") and (longer + ".").startswith(shorter + ".")
    return bool(set(tokens(one)) & set(tokens(other)))


def _words(marks: Iterable[str]) -> set[str]:
    return {word for mark in marks for word in mark.lower().split() if len(word) >= _WORD_LENGTH}
