"""The index in the process: built from the register in the background, kept current by the change feed.

It holds what the claims say of every person (names, aliases, marks, origin, sex, birth range), in memory only: nothing of it
is written to disk, because it holds the names of minors too (docs/decisions/0022). NIK and phone are not in it. Until it is
built, and in processes that do not serve, the durable keys in the database answer (``people.weighing``).
"""

from __future__ import annotations

import ctypes
import gc
import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import starmap
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import QuerySet

from rangkul.domain.repeat_check import Description
from rangkul.matching import feed
from rangkul.matching.in_use import model_in_use
from rangkul.people.claims import place_of
from rangkul.people.matching_records import KINDS, record_asked, record_of
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.same import links_of
from rangkul.vault.sealing import load_keys, unseal_json

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
    """Let this process keep an index; called by the WSGI door. It is built once somebody is about to ask (``wake``).

    Args:
        wait: build it now (tests, benches).
    """
    _state.enabled = True
    if wait:
        _build()


def wake() -> None:
    """Somebody opened a form that will ask: begin to build, in the background. A process that nobody asks stays small."""
    if _state.enabled and _state.engine is None:
        _begin()


def forget() -> None:
    """Drop the index; the next question is answered from the database."""
    with _state.lock:
        _state.enabled, _state.engine, _state.position = False, None, feed.START


def is_waking() -> bool:
    """Is this process one that serves, and its index not there yet?"""
    return _state.enabled and _state.engine is None


def current() -> Any:  # noqa: ANN401 - matching.engine.engine.Engine, imported only where it is used
    """The index with everything that was committed until now, or None while there is none.

    Inside a transaction it is used as it stands: what this transaction wrote itself may yet be taken back.
    """
    if not _state.enabled:
        return None
    if _state.engine is None or connection.in_atomic_block:
        wake()
        return _state.engine
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


def engine_of_register() -> Any:  # noqa: ANN401 - matching.engine.within.EngineWithin, imported only where it is used
    """An index of everybody who stands in the register now, in memory only; nobody follows changes for it."""
    # numba and numpy cost a second and some memory: only a process that serves or trains pays for them.
    from rangkul.matching.engine.within import EngineWithin  # noqa: PLC0415

    engine = EngineWithin(model_in_use())
    minors: Records = []
    # One stream, so that the index is laid out once at the end and not after every chunk.
    engine.add_many(_adults(minors))
    for person_id, record in minors:
        engine.add_quietly(person_id, record)
    engine.weigh(record_asked(Description(("a",)), date.min), ())
    return engine


def _build() -> None:
    position = feed.position_now()
    # A sweep through everything that is being built would stop whoever types at this moment, again and again.
    gc.disable()
    try:
        engine = engine_of_register()
    finally:
        gc.enable()
    with _state.lock:
        _state.engine, _state.position = engine, position
    _give_back()


def _give_back() -> None:
    """Hand what the build used back to the system: about a quarter of the process at 100,000 persons (glibc only)."""
    gc.collect()
    # What the index holds stays: later sweeps need not look at it.
    gc.freeze()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return


Records = list[tuple[UUID, Any]]


class _Row(NamedTuple):
    """The columns of a person that the engine reads. A model instance costs ten times as much to make."""

    pk: UUID
    sex: str
    street_label: str
    born_from: date | None
    born_to: date | None
    origin_code: str
    is_minor: bool
    joined: bool


class _Said(NamedTuple):
    kind: str
    value: str


def _adults(minors: Records) -> Iterator[tuple[UUID, Any]]:
    """Every person that stands for itself, in the order of the keys; minors are laid aside.

    A minor's name counts in no frequency: what somebody is asked about nobody must change by being hidden.
    """
    last = UUID(int=0)
    while rows := _rows(Person.objects.filter(pk__gt=last, erased_at__isnull=True).order_by("pk")[:_CHUNK]):
        last = rows[-1].pk
        for person, record in _records(rows):
            if person.is_minor:
                minors.append((person.pk, record))
            else:
                yield person.pk, record


def _rows(persons: QuerySet[Person]) -> list[_Row]:
    """Merged records are asked for too: their place in the order must not end a chunk early."""
    return list(starmap(_Row, persons.values_list(*_Row._fields)))


def _records(rows: Sequence[_Row]) -> Iterator[tuple[_Row, Any]]:
    """Each person that stands for itself with what was said of it under any record."""
    ids = [row.pk for row in rows]
    links = links_of([row.pk for row in rows if row.joined])
    said: dict[UUID, list[_Said]] = {pk: [] for pk in ids if pk not in links}
    behind = [record for record, kept in links.items() if kept in said]
    for person_id, kind, value in _claims([*said, *behind]):
        said[links.get(person_id, person_id)].append(_Said(kind, value))
    return ((row, record_of(row, said[row.pk])) for row in rows if row.pk in said)


def _claims(ids: Sequence[UUID]) -> Iterator[tuple[UUID, str, str]]:
    """Standing claims of the kinds that are matched, oldest first; only those of minors are sealed."""
    columns = ("person_id", "kind", "value", "sealed", "pk")
    rows = IdentityClaim.objects.filter(person_id__in=ids, kind__in=KINDS, voided_at__isnull=True)
    found = list(rows.order_by("claimed_on", "recorded_at", "pk").values_list(*columns))
    load_keys(list({row[0] for row in found if row[3] is not None}))
    for person_id, kind, value, sealed, pk in found:
        opened = value if sealed is None else str(unseal_json(person_id, place_of(pk), sealed))
        yield person_id, kind, opened


def _take_in(engine: Any, ids: Collection[UUID]) -> None:  # noqa: ANN401 - the engine
    rows = _rows(Person.objects.filter(pk__in=ids, merged_into__isnull=True, erased_at__isnull=True))
    found = {row.pk: (row, record) for row, record in _records(rows)}
    for person_id in ids:
        if person_id not in found:
            engine.remove(person_id)
            continue
        row, record = found[person_id]
        add = engine.add_quietly if row.is_minor else engine.add
        add(person_id, record)


def size() -> int:
    """How many persons the index holds; 0 while there is none."""
    return len(_state.engine) if _state.engine is not None else 0
