"""Two records of one person become one by a link, and come apart again (practice.md F2, design §3.1).

Nothing is overwritten: a merge is an edge from the record that steps back to the one that is kept. Whoever reads a
person follows the edges to the end. A record has at most one edge in force, and an edge joins two ends, so that no
circle can come about whatever the order of merging and undoing.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Final, TypeVar

from rangkul.domain.errors import N_, BadInput, Conflict, NotAllowed

Id = TypeVar("Id", bound=Hashable)

LONGEST_REASON: Final = 500
SHORTEST_REASON: Final = 5


class SameRecord(BadInput):
    """Two different records are needed."""

    code = "merge_same_record"
    says = N_("Itu catatan yang sama. Pilih catatan yang lain.")


class MergedAlready(Conflict):
    """One of the two is no longer a record of its own."""

    code = "merged_already"
    says = N_("Salah satu catatan ini sudah disatukan dengan catatan lain. Muat ulang, lalu bandingkan lagi.")


class MergeWaits(Conflict):
    """Somebody has proposed the same pair."""

    code = "merge_waits"
    says = N_("Penyatuan dua catatan ini sudah diusulkan dan menunggu orang kedua.")


class MergeSettled(Conflict):
    """The proposal has its answer already."""

    code = "merge_settled"
    says = N_("Usulan ini sudah dijawab atau ditarik. Muat ulang halaman untuk melihat jawabannya.")


class MergeNotInForce(Conflict):
    """There is nothing to undo."""

    code = "merge_not_in_force"
    says = N_("Penyatuan ini sudah tidak berlaku. Muat ulang halaman.")


class SecondPersonNeeded(NotAllowed):
    """Who proposes does not approve."""

    code = "second_person_needed"
    says = N_("Anda yang mengusulkan. Orang kedua yang memeriksa dan menyetujui.")


class PairChanged(Conflict):
    """One of the two records is not what the proposer compared."""

    code = "pair_changed"
    says = N_("Salah satu catatan berubah sejak diusulkan. Bandingkan lagi, lalu setujui bila tetap sama.")


class MergeReasonMissing(BadInput):
    """Why they are, or are not, one person."""

    code = "merge_reason_missing"
    says = N_("Tulis alasannya dengan singkat: apa yang membuat Anda yakin.")


class MarkedNotSame(Conflict):
    """Somebody looked at both and said no; that stands until it is answered."""

    code = "marked_not_same"
    says = N_(
        "Dua catatan ini pernah dinyatakan bukan orang yang sama. Sebutkan di alasan apa yang kini berbeda."
    )


def end_of(edges: Mapping[Id, Id], record: Id) -> Id:
    """The record that stands for this one: the end of its edges."""
    seen = {record}
    while record in edges:
        record = edges[record]
        if record in seen:
            raise ValueError("a circle of merges")
        seen.add(record)
    return record


def ends(edges: Mapping[Id, Id], records: Collection[Id]) -> dict[Id, Id]:
    """Every record with the one that stands for it."""
    return {record: end_of(edges, record) for record in records}


def check_pair(left: Id, into: Id, ended: Collection[Id]) -> None:
    """Refuse a pair that cannot become one.

    Args:
        ended: which of the two are still ends of their own (nothing stands for them).

    Raises:
        SameRecord, MergedAlready: as they say.
    """
    if left == into:
        raise SameRecord(field="other_code")
    if not {left, into} <= set(ended):
        raise MergedAlready(field="other_code")


def check_second(proposed_by: Hashable, decides: Hashable) -> None:
    """Refuse that somebody approves what they proposed themselves (four eyes).

    Raises:
        SecondPersonNeeded: the same member, or nobody to tell apart.
    """
    if decides is None or proposed_by is None or proposed_by == decides:
        raise SecondPersonNeeded


def read_reason(words: str) -> str:
    """The reason, one line, not too long.

    Raises:
        MergeReasonMissing: nothing, or a word that says nothing.
    """
    said = " ".join(words.split())[:LONGEST_REASON]
    if len(said) < SHORTEST_REASON:
        raise MergeReasonMissing(field="reason")
    return said


# --- the queue of likely duplicates ---------------------------------------------------------------------------------

CHILD_COST: Final = 4.0
SPM_COST: Final = 3.0
HISTORY_COST: Final = 2.0
PLAIN_COST: Final = 1.0
LATER_DAYS: Final = 30


def cost_of(flags: Collection[str], probability: float) -> tuple[float, str]:
    """What it costs to leave a likely double standing, and why: for the order of the steward's queue.

    A child who is looked for under one record and found under the other; a person counted twice in the SPM; an open
    case that does not know of the other's contacts. The worst reason counts, weighed by how likely the double is.

    Args:
        flags: ``child``, ``spm`` (both counted this year), ``history`` (a case here, contacts there).
    """
    worst = max(
        ((CHILD_COST, "child"), (SPM_COST, "spm"), (HISTORY_COST, "history")),
        key=lambda each: each[0] if each[1] in flags else 0,
    )
    base, why = worst if worst[1] in flags else (PLAIN_COST, "double")
    return round(base * probability, 4), why
