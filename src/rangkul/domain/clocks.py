"""What starts, meets and drops a clock, and who hears when it runs out: read from city data, without a line of code.

A cell of ``clocks.csv`` names news: ``report.received``. A condition may follow, on what the news carries:
``case.opened?is_minor`` (true), ``report.assigned?!urgent`` (not true), ``evidence.recorded?kind=first_health_look``
(equal, or among several), and more than one joined by ``&``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

_NEWS: Final = re.compile(r"^[a-z_]+\.[a-z_]+$")
_CONDITION: Final = re.compile(r"^(!?)([a-z_]+)(?:=([a-z0-9_]+))?$")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be so in the facts of the news."""

    fact: str
    value: str = ""
    negated: bool = False

    def holds(self, facts: Mapping[str, object]) -> bool:
        """A fact that is missing is not true."""
        said = facts.get(self.fact)
        if not self.value:
            true = bool(said)
        elif isinstance(said, (list, tuple, set, frozenset)):
            true = self.value in {str(each) for each in said}
        else:
            true = str(said) == self.value
        return true != self.negated


@dataclass(frozen=True, slots=True)
class Listen:
    """A piece of news that a clock listens to, with its conditions."""

    news: str
    conditions: tuple[Condition, ...] = ()

    def hears(self, facts: Mapping[str, object]) -> bool:
        """All conditions hold."""
        return all(each.holds(facts) for each in self.conditions)


def listen(cell: str) -> Listen:
    """Read one word of a trigger column.

    Raises:
        ValueError: it is not a name of news with conditions.
    """
    news, mark, rest = cell.partition("?")
    if not _NEWS.match(news) or bool(mark) != bool(rest):
        raise ValueError(cell)
    conditions = []
    for part in rest.split("&") if rest else ():
        found = _CONDITION.match(part)
        if found is None:
            raise ValueError(cell)
        conditions.append(Condition(found[2], found[3] or "", negated=bool(found[1])))
    return Listen(news, tuple(conditions))


class ClockRow(Protocol):
    """What the rules read of a row of ``clocks.csv``."""

    @property
    def code(self) -> str:
        """Its name."""

    @property
    def trigger(self) -> tuple[str, ...]:
        """What starts it."""

    @property
    def met_by(self) -> tuple[str, ...]:
        """What shows that the duty is done."""

    @property
    def dropped_by(self) -> tuple[str, ...]:
        """What takes its reason away."""


class Rules:
    """The clocks by the news they listen to; made once per city."""

    def __init__(self, clocks: Iterable[ClockRow]) -> None:
        self._starts: dict[str, list[tuple[str, Listen]]] = {}
        self._meets: dict[str, list[tuple[str, Listen]]] = {}
        self._drops: dict[str, list[tuple[str, Listen]]] = {}
        for clock in clocks:
            for index, cells in (
                (self._starts, clock.trigger),
                (self._meets, clock.met_by),
                (self._drops, clock.dropped_by),
            ):
                for cell in cells:
                    heard = listen(cell)
                    index.setdefault(heard.news, []).append((clock.code, heard))

    def started_by(self, news: str, facts: Mapping[str, object]) -> list[str]:
        """Codes of the clocks that this news starts."""
        return list(_heard(self._starts, news, facts))

    def met_by(self, news: str, facts: Mapping[str, object]) -> list[str]:
        """Codes of the clocks that this news meets."""
        return list(_heard(self._meets, news, facts))

    def dropped_by(self, news: str, facts: Mapping[str, object]) -> list[str]:
        """Codes of the clocks that this news drops."""
        return list(_heard(self._drops, news, facts))


def _heard(
    index: Mapping[str, list[tuple[str, Listen]]], news: str, facts: Mapping[str, object]
) -> Iterator[str]:
    told: set[str] = set()
    for code, heard in index.get(news, ()):
        if code not in told and heard.hears(facts):
            told.add(code)
            yield code


# --- the ladder ----------------------------------------------------------------------------------------------------


class Rung(Protocol):
    """What the arithmetic reads of a row of ``ladder.csv``."""

    @property
    def after_percent(self) -> int:
        """Of the time between start and due."""

    @property
    def after_hours(self) -> int:
        """On top of it."""


def rung_at(starts: datetime, due: datetime, rung: Rung) -> datetime:
    """Return the moment from which a rung is told.

    ``after_percent`` 100 is the due moment itself; less warns before it. A due moment that lies before its start (a
    limit that had passed when it was written down) counts as no time at all.
    """
    span = max(due - starts, timedelta())
    return starts + span * rung.after_percent / 100 + timedelta(hours=rung.after_hours)
