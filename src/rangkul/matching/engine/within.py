"""The engine for an asker who may see only some of the register: find all, weigh only those in sight.

Finding and weighing are two steps, so that a scope can be asked in between (in SQL); only who is weighed shares the
probability. A *quiet* person is found like any other but changes no frequency: what somebody is told of others must not
depend on a person who is hidden from them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np

from rangkul.matching.engine.engine import Answer, Engine
from rangkul.matching.engine.gazetteer import Gazetteer
from rangkul.matching.engine.model import Model
from rangkul.matching.engine.record import Record, prepare


class EngineWithin(Engine):
    """An ``Engine`` that answers within a scope."""

    def __init__(self, model: Model | None = None, here: Gazetteer | None = None) -> None:
        super().__init__(model, here)
        self._quiet: set[Hashable] = set()

    def add(self, person_id: Hashable, record: Record) -> None:
        """Add a person whom frequencies count, or write them anew."""
        with self.lock:
            self._loud(person_id)
            self.index.add(person_id, prepare(record, self.here))

    def add_quietly(self, person_id: Hashable, record: Record) -> None:
        """Add a person whose words change no frequency, or write them anew."""
        with self.lock:
            self._loud(person_id)
            self.index.add(person_id, prepare(record, self.here))
            self._count(person_id, -1)
            self._quiet.add(person_id)

    def remove(self, person_id: Hashable) -> None:
        """Take a person out."""
        with self.lock:
            self._loud(person_id)
            self.index.remove(person_id)

    def find(self, record: Record) -> list[Hashable]:
        """Everybody whom a lookup would weigh; for a caller who may weigh only some of them."""
        asked = prepare(record, self.here)
        with self.lock:
            self.index.ready()
            return [self.index.ids[each] for each in self._found(asked, self._lay(asked))]

    def weigh(self, record: Record, person_ids: Iterable[Hashable], limit: int = 5) -> Answer:
        """Weigh these persons against each other and against *somebody new*; nobody else changes the answer."""
        asked = prepare(record, self.here)
        with self.lock:
            self.index.ready()
            self._lay(asked)
            held = self.index.row_of
            rows = np.array(sorted(held[each] for each in set(person_ids) if each in held), np.int64)
            return self._answer(asked, rows, self._features(rows), limit)

    def _loud(self, person_id: Hashable) -> None:
        """A quiet person is counted again before it is written anew or taken out, which uncounts it."""
        if person_id in self._quiet:
            self._quiet.remove(person_id)
            self._count(person_id, 1)

    def _count(self, person_id: Hashable, by: int) -> None:
        at = self.index.row_of[person_id]
        self.index.count(at, at + 1, by)
