"""Where the facts of a letter come from: the rooms name what they know, ``config`` hangs them here.

A room answers ``(member, id)`` with gap -> fact, only what that member may see. A fact may be a function: it is called
only when the letter has that gap, so that nothing protected is opened for a letter that does not need it. Rows of a
table may be sequences of cells, or mappings by column (``Nomor tiket`` is ``nomor_tiket``). Four keys are not gaps:
``case_id`` and ``person_id`` say whose letter it is, ``sensitivity`` raises its protection, ``withheld`` names gaps that
stay empty because the letter's receiver may not see them.

What a room does not say of the person comes from the identity claims, so that every paper that is made again after
somebody was identified shows the verified name and the earlier one (practice S2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from django.utils import timezone

from rangkul.directory.city import city
from rangkul.domain.citydata import LetterKind
from rangkul.domain.errors import NotFound
from rangkul.domain.letters import as_typed
from rangkul.domain.policy import ActingMember
from rangkul.letters.papers import who_is

Room: TypeAlias = Callable[[ActingMember, UUID], Mapping[str, object]]
_rooms: dict[str, Room] = {}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known for a letter: text by gap, and whose letter it is."""

    content: dict[str, str] = field(default_factory=dict)
    case_id: UUID | None = None
    person_id: UUID | None = None
    is_protected: bool = False


def ask(rooms: dict[str, Room]) -> None:
    """Set who is asked about which kind of thing. Called once, from ``config``."""
    _rooms.clear()
    _rooms.update(rooms)


def known_kinds() -> frozenset[str]:
    """The kinds of thing about which a letter can be written now."""
    return frozenset(_rooms)


def gather(member: ActingMember, kind: LetterKind, about_kind: str, about_id: UUID | None) -> Gathered:
    """Ask the room about one thing, for one type of letter.

    Raises:
        NotFound: no such kind of thing, or the thing is not for this member.
    """
    if not about_kind or about_id is None:
        return Gathered()
    if about_kind not in _rooms:
        raise NotFound
    facts = _rooms[about_kind](member, about_id)
    person_id = _uuid(facts.get("person_id"))
    room = {gap: said for gap in kind.gaps if gap in facts and (said := _told(gap, facts[gap]))}
    identity = who_now(member, kind, person_id)
    if "nama" in room and room["nama"] != identity.get("nama"):
        identity = {}  # The room shows less on purpose: others than the drafting member read the paper.
    withheld = frozenset(map(str, _many(facts.get("withheld", ()))))
    return Gathered(
        content={gap: said for gap, said in {**identity, **room}.items() if gap not in withheld},
        case_id=_uuid(facts.get("case_id")),
        person_id=person_id,
        is_protected=facts.get("sensitivity") not in {None, "", "ordinary"},
    )


def who_now(member: ActingMember, kind: LetterKind, person_id: UUID | None) -> dict[str, str]:
    """Who the person is by the claims of today, for the gaps of this type; what is not known or not shown is absent."""
    if person_id is None:
        return {}
    identity = who_is(member, person_id, timezone.now())
    return {gap: said for gap in kind.gaps if (said := _told(gap, identity.get(gap)))}


def _told(gap: str, fact: object) -> str:
    value: Any = fact() if callable(fact) else fact
    columns = city().letter_gaps[gap].columns
    if columns and isinstance(value, Iterable) and not isinstance(value, str):
        value = [_cells(row, columns) for row in value]
    return as_typed(value)


def _cells(row: object, columns: tuple[str, ...]) -> object:
    if not isinstance(row, Mapping):
        return row
    return [row.get(column.lower().replace(" ", "_"), "") for column in columns]


def _many(value: object) -> Iterable[object]:
    return value if isinstance(value, Iterable) else ()


def _uuid(value: object) -> UUID | None:
    return value if isinstance(value, UUID) or value is None else UUID(str(value))
