"""Where the facts of a letter come from: the rooms name what they know, ``config`` hangs them here.

A room answers ``(member, id)`` with gap -> fact, only what that member may see. A fact may be a function: it is called
only when the letter has that gap, so that nothing protected is opened for a letter that does not need it. Three keys
are not gaps: ``case_id`` and ``person_id`` say whose letter it is, ``sensitivity`` raises its protection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from rangkul.domain.citydata import LetterKind
from rangkul.domain.errors import NotFound
from rangkul.domain.letters import as_typed
from rangkul.domain.policy import ActingMember

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
    return Gathered(
        content={gap: _told(facts[gap]) for gap in kind.gaps if gap in facts},
        case_id=_uuid(facts.get("case_id")),
        person_id=_uuid(facts.get("person_id")),
        is_protected=facts.get("sensitivity", "ordinary") != "ordinary",
    )


def _told(fact: object) -> str:
    value: Any = fact() if callable(fact) else fact
    return as_typed(value)


def _uuid(value: object) -> UUID | None:
    return value if isinstance(value, UUID) or value is None else UUID(str(value))
