"""The many-row form of recording services: what an import writes (design §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db import connection
from uuid_utils import uuid7

from rangkul.access.guard import check_may
from rangkul.audit.recording import record
from rangkul.domain.errors import Refusal
from rangkul.domain.importing import ServiceRow
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.services.actions import ServiceInput, check_service
from rangkul.services.models import ServiceRecord

_LOOK_UP: Final = 5000
_KEY_BYTES: Final = 16
_REMEMBERED: Final = 20_000
_COLUMNS: Final = (
    "id", "person_id", "item", "given_on", "quantity", "unit", "agency_id", "setting", "proof",
    "recorded_at", "member_id", "post_id", "batch_id", "content_key", "void_reason",
)  # fmt: skip


GivenRow: TypeAlias = tuple[UUID, date | None, ServiceRow]
"""Person, earliest birth date where known, and the row as read."""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row: ``new``, ``same`` or ``refused`` with the refusal."""

    result: str
    refusal: Refusal | None = None


NEW: Final = RowOutcome("new")
SAME: Final = RowOutcome("same")


def record_many(
    rows: Sequence[GivenRow],
    *,
    by: ActingMember,
    at: datetime,
    batch_id: UUID,
    detail: Mapping[str, Any] | None = None,
    sealed_under: UUID | None = None,
) -> list[RowOutcome]:
    """Write many services in the caller's transaction; each row stands or falls alone. One event per call.

    Key: all columns. The same columns again are *same*, also when that row was voided.

    Args:
        detail: what the event says of the batch (file digest, line range); sealed under ``sealed_under``.
    """
    check_may(by, "import.run")
    today = wib_date(at)
    keys = [row.key[:_KEY_BYTES] for _person, _born, row in rows]
    known = _known(keys)
    outcomes: list[RowOutcome] = []
    new: list[GivenRow] = []
    sound: set[tuple[object, ...]] = set()
    probe = Person()
    for given, key in zip(rows, keys, strict=True):
        if refusal := _refusal(given, today, sound, probe):
            outcomes.append(RowOutcome("refused", refusal))
        elif key in known:
            outcomes.append(SAME)
        else:
            known.add(key)
            new.append(given)
            outcomes.append(NEW)
    if new:
        _insert(new, by, at, batch_id)
        record(
            "services.imported",
            by=by,
            at=at,
            kind="batch",
            subject_id=batch_id,
            sealed_under=sealed_under,
            detail=detail,
            facts={
                "person_ids": {person for person, _born, _row in new},
                "years": {row.given_on.year for _person, _born, row in new},
                "given": [
                    (person, row.item, row.given_on, bool(row.proof), row.setting)
                    for person, _born, row in new
                ],
            },
        )
    return outcomes


def _known(keys: Sequence[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    for start in range(0, len(keys), _LOOK_UP):
        rows = ServiceRecord.objects.filter(content_key__in=keys[start : start + _LOOK_UP])
        found.update(bytes(key) for key in rows.values_list("content_key", flat=True) if key)
    return found


def _refusal(given: GivenRow, today: date, sound: set[tuple[object, ...]], probe: Person) -> Refusal | None:
    """The rules of one service; a combination already found sound is asked for its day only."""
    _person, born_from, row = given
    combination = (row.item, row.quantity, row.unit, row.agency, row.setting, row.proof)
    if combination in sound and row.given_on <= today and (born_from is None or row.given_on >= born_from):
        return None
    probe.born_from = born_from
    # An imported row may come without a unit; it counts all the same.
    said = ServiceInput(
        row.item, row.given_on, row.quantity, row.unit or "-", row.agency, row.setting, row.proof
    )
    try:
        check_service(said, probe, today)
    except Refusal as refusal:
        return refusal
    if len(sound) < _REMEMBERED:
        sound.add(combination)
    return None


def _insert(rows: Iterable[GivenRow], by: ActingMember, at: datetime, batch_id: UUID) -> None:
    """Insert without building model objects: an import brings 100,000 rows."""
    if connection.vendor == "postgresql":
        _copy(rows, by, at, batch_id)
        return
    recorded_at = connection.ops.adapt_datetimefield_value(at)
    member = by.id.hex if by.id else None
    tail = (recorded_at, member, by.post_id.hex, batch_id.hex)
    table = ServiceRecord._meta.db_table
    places = ", ".join(["%s"] * len(_COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(_COLUMNS)}) VALUES ({places})",  # noqa: S608 - our own names
            [
                (
                    uuid7().hex, person.hex, row.item, row.given_on.isoformat(), str(row.quantity), row.unit,
                    row.agency, row.setting, row.proof, *tail, row.key[:_KEY_BYTES], "",
                )
                for person, _born, row in rows
            ],
        )  # fmt: skip


def _copy(rows: Iterable[GivenRow], by: ActingMember, at: datetime, batch_id: UUID) -> None:
    table = ServiceRecord._meta.db_table
    statement = f"COPY {table} ({', '.join(_COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for person, _born, row in rows:
            copy.write_row(
                (
                    str(uuid7()), person, row.item, row.given_on, row.quantity, row.unit, row.agency, row.setting,
                    row.proof, at, by.id, by.post_id, batch_id, row.key[:_KEY_BYTES], "",
                )
            )  # fmt: skip
