"""Moves between the seven legal stages, and the closing and reopening of a case.

The stages, their moves and their needs are city data; this module holds the rules that no table can change:
a case begins at the first stage, *terminasi* can be reached from any, going back asks a reason, nothing
else is skipped without an override that names its reason, and a closed case moves nowhere.

Law: order of the stages PP 39/2012 art. 7(2); moves and needs design 3.3.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from rangkul.domain.errors import N_, BadInput, Conflict

END_OF_SERVICES: Final = "terminasi"


class StageLike(Protocol):
    """What the rules read of a row of the stage table."""

    @property
    def code(self) -> str:
        """The code, which never changes."""
        ...

    @property
    def order(self) -> int:
        """The place in the order of the law, from 1."""
        ...

    @property
    def next(self) -> Collection[str]:
        """Stages that follow in the ordinary way."""
        ...

    @property
    def back(self) -> Collection[str]:
        """Stages that may be gone back to, with a reason."""
        ...

    @property
    def needs(self) -> Collection[str]:
        """Codes of the evidence that entering asks for."""
        ...

    @property
    def law(self) -> str:
        """The article that names the stage."""
        ...


StageTable: TypeAlias = Mapping[str, StageLike]
MoveKind: TypeAlias = Literal["first", "next", "end", "back", "override"]


class StageUnknown(BadInput):
    """No stage has this code."""

    code = "stage_unknown"
    says = N_("Tahap {target} tidak dikenal. Pilih salah satu tahap dari daftar.")


class MoveNotAllowed(Conflict):
    """No such step from the present stage. ``facts``: origin, target."""

    code = "move_not_allowed"
    says = N_(
        "Dari tahap {origin} belum dapat ke {target}. Lalui tahap di antaranya, atau minta pengecualian."
    )


class EvidenceMissing(Conflict):
    """The step exists, but something that the stage needs is not there yet. ``facts``.

    Target, missing (codes).
    """

    code = "evidence_missing"
    says = N_("Tahap {target} belum dapat dimulai. Lengkapi dulu: {missing}.")

    def __init__(self, *, target: str, missing: tuple[str, ...]) -> None:
        super().__init__(target=target, missing=missing)
        self.missing = missing

    def __str__(self) -> str:
        return self.says.format(target=self.facts["target"], missing=", ".join(self.missing))


class ReasonMissing(BadInput):
    """A step back, an override, a closing or a reopening without its reason."""

    code = "reason_missing"
    says = N_("Tuliskan alasannya, lalu simpan lagi.")

    def __init__(self, *, field: str | None = "reason") -> None:
        super().__init__(field=field)


class CaseClosed(Conflict):
    """The case is closed: no stage, no holder, no clock."""

    code = "case_closed"
    says = N_("Kasus ini sudah ditutup. Buka kembali dulu bila masih ada yang harus dikerjakan.")


class CaseOpen(Conflict):
    """Reopening a case that is open."""

    code = "case_open"
    says = N_("Kasus ini masih terbuka. Muat ulang halaman untuk melihat keadaan terakhirnya.")


@dataclass(frozen=True, slots=True)
class Move:
    """One step that may be taken. ``missing`` is not empty only for an override, and stands in its row."""

    origin: str | None
    target: str
    kind: MoveKind
    missing: tuple[str, ...] = ()


def missing(table: StageTable, target: str, facts: Collection[str]) -> tuple[str, ...]:
    """Return what a stage still needs, in the table's order.

    Raises:
        StageUnknown: no such stage.
    """
    return tuple(need for need in _stage(table, target).needs if need not in facts)


def check_move(  # noqa: PLR0913 - a move is judged by all of these at once
    table: StageTable,
    origin: str | None,
    target: str,
    facts: Collection[str],
    *,
    reason: str = "",
    override: bool = False,
    is_closed: bool = False,
) -> Move:
    """Return the step being taken, or refuse.

    Args:
        table: the stage table of the rule version under which the case opened.
        origin: the present stage; ``None`` for a case that is just being opened.
        target: the stage to enter.
        facts: what is already true of the case, from records and never from the form.
        reason: needed for a step back and for an override.
        override: skip stages or evidence; the row names officer and reason, and the head is told.
        is_closed: the case has a closing row that no reopening follows.

    Raises:
        CaseClosed: a closed case moves nowhere, not even by override.
        StageUnknown: no such stage.
        MoveNotAllowed: no such step.
        EvidenceMissing: the step exists, but not its evidence.
        ReasonMissing: a step back or an override without reason.
    """
    if is_closed:
        raise CaseClosed
    lacking = missing(table, target, facts)
    kind = _kind(table, origin, target)
    if override and origin != target and (kind is None or lacking):
        if not reason.strip():
            raise ReasonMissing
        return Move(origin, target, "override", lacking)
    if kind is None:
        raise MoveNotAllowed(origin=origin or "", target=target)
    if kind == "back" and not reason.strip():
        raise ReasonMissing
    if lacking:
        raise EvidenceMissing(target=target, missing=lacking)
    return Move(origin, target, kind)


def can_move(
    table: StageTable, origin: str | None, target: str, facts: Collection[str], *, is_closed: bool = False
) -> bool:
    """Say whether a button for this step should be shown.

    A reason, where one is needed, is asked afterwards.
    """
    try:
        check_move(table, origin, target, facts, reason="-", is_closed=is_closed)
    except (Conflict, BadInput):
        return False
    return True


def moves_from(table: StageTable, origin: str | None) -> dict[str, MoveKind]:
    """Return every stage that can be reached without override, and how, in the order of the law."""
    kinds = {
        stage.code: _kind(table, origin, stage.code)
        for stage in sorted(table.values(), key=lambda s: s.order)
    }
    return {code: kind for code, kind in kinds.items() if kind is not None}


def _kind(table: StageTable, origin: str | None, target: str) -> MoveKind | None:
    entering = _stage(table, target)
    if origin is None:
        return "first" if entering.order == min(stage.order for stage in table.values()) else None
    leaving = _stage(table, origin)
    if target in leaving.next:
        return "next"
    if target == END_OF_SERVICES and origin != END_OF_SERVICES:
        return "end"
    return "back" if target in leaving.back else None


def _stage(table: StageTable, code: str) -> StageLike:
    try:
        return table[code]
    except KeyError:
        raise StageUnknown(target=code) from None


OVERRIDE_READERS: Final = ("agency_head", "rehab_head")


def reader_of_override(author_role: str) -> str:
    """The role that marks an override as seen: the head; of the head's own, the head of the field, so that two know."""
    head, field = OVERRIDE_READERS
    return field if author_role == head else head
