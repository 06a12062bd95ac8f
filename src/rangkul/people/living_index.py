"""The index in the process: built from the register in the background, kept current by the change feed.

It holds what the claims say of every person (names, aliases, marks, origin, sex, birth range), in memory only: nothing of it
is written to disk, because it holds the names of minors too (docs/decisions/0022). NIK and phone are not in it. Until it is
built, and in processes that do not serve, the durable keys in the database answer (``people.weighing``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, close_old_connections, connection

from rangkul.matching import feed
from rangkul.people.claims import as_rules_see, standing
from rangkul.people.matching_records import record_of
from rangkul.people.models import Person
from rangkul.people.same import links_of

MOST_AT_ONCE: Final = 400
"""More changes than these are taken in by the background, not by whoever asks."""
_CHUNK: Final = 1000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _State:
    """One index per process. ``engine`` is None until the first build is done."""

    enabled: bool = False
    engine: Any = None
    position: int = feed.START
    building: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)


_state = _State()


def enable(*, wait: bool = False) -> None:
    """Keep an index in this process from now on; called by the WSGI door. Serving does not wait for it.

    Args:
        wait: build it now (tests, benches).
    """
    _state.enabled = True
    if wait:
        _build()
    else:
        _begin()


def forget() -> None:
    """Drop the index; the next question is answered from the database."""
    with _state.lock:
        _state.enabled, _state.engine, _state.position = False, None, feed.START


def current() -> Any:  # noqa: ANN401 - matching.engine.engine.Engine, imported only where it is used
    """The index with everything that was committed until now, or None while there is none.

    Inside a transaction it is used as it stands: what this transaction wrote itself may yet be taken back.
    """
    if not _state.enabled or _state.engine is None or connection.in_atomic_block:
        return _state.engine if _state.enabled else None
    with _state.lock:
        changed, position = feed.changes_since(_state.position)
        if len(changed) > MOST_AT_ONCE:
            _begin()
            return None
        if changed:
            _take_in(_state.engine, sorted(changed))
        _state.position = position
        return _state.engine


def _begin() -> None:
    with _state.lock:
        if _state.building:
            return
        _state.building = True
    threading.Thread(target=_in_background, name="matching-index", daemon=True).start()


def _in_background() -> None:
    try:
        _build()
    except (DatabaseError, ImportError, OSError, ValueError):
        _log.exception("the matching index could not be built; the database answers")
    finally:
        _state.building = False
        close_old_connections()
        connection.close()


def _build() -> None:
    # numba and numpy cost a second and some memory: only a process that serves pays for them.
    from rangkul.matching.engine.within import EngineWithin  # noqa: PLC0415

    position = feed.position_now()
    engine = EngineWithin()
    for records, quiet in _register():
        engine.add_many(records)
        for person_id, record in quiet:
            engine.add_quietly(person_id, record)
    with _state.lock:
        _state.engine, _state.position = engine, position


Records = list[tuple[UUID, Any]]


def _register() -> Iterator[tuple[Records, Records]]:
    """Every person that stands for itself, in the order of the keys, in chunks: adults, and minors.

    A minor's name counts in no frequency: what somebody is asked about nobody must change by being hidden.
    """
    last = UUID(int=0)
    while True:
        rows = list(Person.objects.filter(pk__gt=last, merged_into__isnull=True).order_by("pk")[:_CHUNK])
        if not rows:
            return
        last = rows[-1].pk
        minors = {row.pk for row in rows if row.is_minor}
        found = _records(rows)
        yield [each for each in found if each[0] not in minors], [each for each in found if each[0] in minors]


def _records(persons: Sequence[Person]) -> Records:
    kept = {person.pk: person for person in persons}
    links = links_of([person.pk for person in persons if person.joined])
    said: dict[UUID, list[Any]] = {pk: [] for pk in kept}
    for row in standing([*kept, *(each for each, into in links.items() if into in kept)]):
        said[links.get(row.person_id, row.person_id)].append(row)
    return [(pk, record_of(kept[pk], as_rules_see(_plain(rows)))) for pk, rows in said.items()]


def _plain(rows: Sequence[Any]) -> list[Any]:
    """Without what must not stand in memory outside its seal."""
    return [row for row in rows if row.kind not in {"nik", "phone"}]


def _take_in(engine: Any, ids: Collection[UUID]) -> None:  # noqa: ANN401 - the engine
    rows = {row.pk: row for row in Person.objects.filter(pk__in=ids, merged_into__isnull=True)}
    found = dict(_records(list(rows.values())))
    for person_id in ids:
        if person_id not in found:
            engine.remove(person_id)
        elif rows[person_id].is_minor:
            engine.add_quietly(person_id, found[person_id])
        else:
            engine.add(person_id, found[person_id])


def size() -> int:
    """How many persons the index holds; 0 while there is none."""
    return len(_state.engine) if _state.engine is not None else 0
