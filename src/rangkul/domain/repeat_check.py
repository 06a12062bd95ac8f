"""Has somebody met this person before? Candidates in order, with plain reasons (practice.md F2, S1).

How likely somebody is meant is weighed by the trained model (``matching.engine``); here stand the words for it: which
matters agree and which differ, how sure that is, what to ask next. A candidate is an offer to look, never a merge.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from rangkul.domain.age import AgeRange
from rangkul.domain.names import keys, tokens

Sign = Literal["agree", "part", "differ", "unknown"]
"""How two records stand to each other in one matter; ``part``: some of it is the same."""

AGE_FORGIVEN: Final = 5
"""Years by which a guess may be off (±5)."""

_WORD_LENGTH: Final = 4
"""Shorter words of a mark (di, ke, dan) say nothing."""

_ORDER: Final = ("nik", "name_sound", "name_part", "origin", "mark", "age", "sex")
"""Reasons, strongest first."""
SURE: Final = 0.9
LIKELY: Final = 0.5
MOST_NAMES: Final = 8
MOST_MARKS: Final = 6
_LONGEST: Final = 120


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


def bounded(asked: Description) -> Description:
    """What was typed, at a size that is answered in bounded time: a paragraph as a name, two hundred aliases, emoji."""
    return replace(
        asked,
        names=tuple(_short(each) for each in asked.names[:MOST_NAMES]),
        marks=tuple(_short(each) for each in asked.marks[:MOST_MARKS]),
        origin=_short(asked.origin),
        nik="".join(sign for sign in asked.nik[:40] if sign.isascii() and sign.isdigit())[:16],
    )


def _short(words: str) -> str:
    return " ".join(words[: _LONGEST * 4].split())[:_LONGEST]


def says_something(asked: Description) -> bool:
    """Is there anything that tells people apart? Sex and age alone fit half a city."""
    letters = any(sign.isalpha() for words in (*asked.names, *asked.marks, asked.origin) for sign in words)
    return letters or bool(asked.nik)


def group_of(probability: float) -> Literal["sure", "likely", "ask"]:
    """Very likely the same, likely, or one question short of it."""
    return "sure" if probability >= SURE else "likely" if probability >= LIKELY else "ask"


def reasons_of(signs: Mapping[str, Sign]) -> tuple[str, ...]:
    """What speaks for a candidate, strongest first."""
    code = {("name", "agree"): "name_sound", ("name", "part"): "name_part"}
    found = {code.get((matter, sign), matter) for matter, sign in signs.items() if sign in {"agree", "part"}}
    return tuple(reason for reason in _ORDER if reason in found)


def years_apart(asked: Description, known: Description) -> int | None:
    """Between the middles of two ages, in whole years; None when one side says nothing."""
    if asked.age is None or known.age is None:
        return None
    then = asked.age.on(known.age.as_of)
    return abs((then.low + then.high) - (known.age.low + known.age.high)) // 2


_PLAIN_BITS: Final = {
    "nik": 20.0, "name_sound": 9.0, "name_part": 4.0, "origin": 3.0, "mark": 4.0, "age": 2.0, "sex": 1.0,
}  # fmt: skip
_PLAIN_OFFSET: Final = -9.0


def plain_chances(reasons: Sequence[Collection[str]]) -> tuple[list[float], float]:
    """How likely each of some candidates is the one, by reasons alone: rough, while the model is not read yet.

    Returns the chances, and that of somebody new; together 1.
    """
    odds = [
        2.0 ** (sum(_PLAIN_BITS[each] for each in found) + _PLAIN_OFFSET) if found else 0.0
        for found in reasons
    ]
    total = 1.0 + sum(odds)
    return [each / total for each in odds], 1.0 / total


_TELLS: Final = {"mark": 6.0, "origin": 5.0, "name": 8.0, "age": 2.5}
"""How many bits an answer tells about, roughly: a mark tells more than an age."""


def next_question(asked: Description, candidates: Sequence[tuple[float, Description]]) -> str:
    """The matter that is not typed yet and would tell most between these candidates and somebody new; or none.

    What an answer tells is worth more the less it is settled who is meant, and only where a candidate is known to have it.
    """
    missing = {
        "name": not asked.names,
        "origin": not asked.origin,
        "mark": not asked.marks,
        "age": asked.age is None,
    }
    held = {"name": "names", "origin": "origin", "mark": "marks", "age": "age"}
    worth = {
        matter: bits * sum(_doubt(chance) for chance, known in candidates if getattr(known, held[matter]))
        for matter, bits in _TELLS.items()
        if missing[matter]
    }
    best = max(worth, key=lambda matter: worth[matter], default="")
    return best if best and worth[best] > 0 else ""


def _doubt(chance: float) -> float:
    """Most at one half, nothing where it is settled."""
    return chance * (1 - chance)


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
    return tuple(reason for reason in _ORDER if holds.get(reason))


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


MOST_RUNS_AN_HOUR: Final = 5
MOST_UNCHOSEN: Final = 3

Alarm = Literal["", "many", "never_chosen"]


def alarm(runs_in_the_hour: int, unchosen_in_a_row: int) -> Alarm:
    """Whether the checks of one officer look like fishing (design §1.7): the data protection post is told.

    Args:
        runs_in_the_hour: different checks within the last hour, this one included.
        unchosen_in_a_row: the last checks that offered somebody and of which nobody was chosen, without one that was.
    """
    if runs_in_the_hour > MOST_RUNS_AN_HOUR:
        return "many"
    return "never_chosen" if unchosen_in_a_row > MOST_UNCHOSEN else ""


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
