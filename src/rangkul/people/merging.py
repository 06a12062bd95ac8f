"""Merging two records of one person, and taking them apart again (issue 4 part 4, practice.md F2).

One proposes with a reason and sees beforehand what would follow; another approves; both records are locked meanwhile.
Nothing is overwritten: the merge is a row, ``Person.merged_into`` follows from the rows, and so do the summary columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from uuid_utils.compat import uuid7

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.merging import (
    MarkedNotSame,
    MergedAlready,
    MergeNotInForce,
    MergeSettled,
    MergeWaits,
    PairChanged,
    check_pair,
    check_second,
    end_of,
    read_reason,
)
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.matching.actions import keep_decision, remember_not_same, settle_pair
from rangkul.matching.queries import said_not_same, suspected
from rangkul.people.merge_sight import APPROVE, PROPOSE, UNDO, may_decide, sight_of_pair
from rangkul.people.models import Person, PersonMerge
from rangkul.people.provided import holder_titles, what_follows
from rangkul.people.same import group_rows, same_as
from rangkul.people.summing import bring_together, unseal_names
from rangkul.vault.sealing import seal_json

IN_FORCE: Final = Q(outcome="approved", undone_at__isnull=True)
Seen = tuple[int, int]
"""Revisions of the record that steps back and of the kept one, as the page showed them."""


def place_of(merge_id: UUID, column: str) -> str:
    """Where sealed words of a merge stand."""
    return f"people_merge|{column}|{merge_id}"


@act("person.merge_propose")
def propose_merge(  # noqa: PLR0913 - two records, why, and what the writer saw
    left_id: UUID,
    into_id: UUID,
    reason: str,
    *,
    by: ActingMember,
    at: datetime,
    seen: Seen | None = None,
    anyway: bool = False,
) -> PersonMerge:
    """Say that two records are of one person; nothing changes before a second person agrees.

    Args:
        left_id: the record that would step back.
        into_id: the one that would be kept.
        anyway: the two were once said not to be the same; the reason says what is different now.

    Raises:
        NotFound: one of the two is missing, hidden, or not for this member to merge.
        SameRecord, MergedAlready, MergeWaits, MarkedNotSame, MergeReasonMissing, ChangedMeanwhile: as they say.
    """
    why = read_reason(reason)
    check_pair(left_id, into_id, (left_id, into_id))
    sight = sight_of_pair(by, left_id, into_id, PROPOSE)
    left, into = _locked_ends(left_id, into_id)
    _check_seen((left, into), seen)
    if left.pk in said_not_same([left.pk], into.pk) and not anyway:
        raise MarkedNotSame(field="anyway")
    low, high = sorted((left.pk, into.pk))
    if PersonMerge.objects.filter(low_id=low, high_id=high, outcome="waiting").exists():
        raise MergeWaits
    merge = PersonMerge(id=uuid7(), left=left, into=into, low_id=low, high_id=high, masked=sight == "masked")
    merge.left_revision, merge.into_revision = left.revision, into.revision
    follows = [asdict(line) for line in what_follows(left.pk, into.pk, wib_date(at))]
    merge.sealed_reason = seal_json(into.pk, place_of(merge.pk, "reason"), why)
    merge.sealed_preview = seal_json(into.pk, place_of(merge.pk, "preview"), follows)
    if by.id is None:
        raise NotFound
    merge.proposed_at, merge.proposed_by_id, merge.proposed_post_id = at, by.id, by.post_id
    merge.save(force_insert=True)
    _tell("person.merge_proposed", merge, {"reason": why, "follows": follows}, by=by, at=at)
    return merge


@act("person.merge_approve")
def approve_merge(
    merge_id: UUID, words: str = "", *, by: ActingMember, at: datetime, seen: Seen | None = None
) -> PersonMerge:
    """The second person agrees: from now on the left record's reader is led to the kept one.

    Raises:
        NotFound: missing, hidden, or not for this member.
        SecondPersonNeeded: the one who proposed.
        MergeSettled, MergedAlready: somebody was first.
        PairChanged, ChangedMeanwhile: the records are not what was compared.
    """
    merge = _locked_merge(by, merge_id, APPROVE)
    check_second(merge.proposed_by_id, by.id)
    if merge.outcome != "waiting":
        raise MergeSettled
    left, into = _locked_ends(merge.left_id, merge.into_id)
    if seen is None and (left.revision, into.revision) != (merge.left_revision, merge.into_revision):
        raise PairChanged
    _check_seen((left, into), seen)
    holders = holder_titles([left.pk]), holder_titles([into.pk])
    records = [*_group_ids(left.pk), *_group_ids(into.pk)]
    _settle(merge, "approved", words, by=by, at=at)
    Person.objects.filter(pk__in=_group_ids(left.pk)).update(merged_into=into, joined=True)
    Person.objects.filter(pk=into.pk).update(joined=True)
    _rows, sealed = bring_together(into.pk, wib_date(at))
    merge.sealed_names = [str(each) for each in sealed]
    merge.save(update_fields=("sealed_names",))
    _overtake(left.pk, at)
    settle_pair(left.pk, into.pk, "merged", at)
    _keep_answer(left.pk, into.pk, "merged", at)
    facts = {
        "person_id": into.pk,
        "left_id": left.pk,
        "person_ids": records,
        "two_cases": all(holders),
        "owner_post_id": None,
    }
    _tell("person.merged", merge, {"left": str(left.pk)}, by=by, at=at, facts=facts)
    return merge


def _keep_answer(one: UUID, other: UUID, answer: str, at: datetime) -> None:
    """What was found out of a pair that the queue had; of others there is nothing to learn from."""
    pair = suspected(one, other)
    if pair is None:
        keep_decision("merge", answer, at=at)
    else:
        keep_decision("merge", answer, pair.probability, None, pair.reasons, pair.evidence, at=at)


@act("person.merge_refuse")
def refuse_merge(
    merge_id: UUID, words: str, *, by: ActingMember, at: datetime, not_same: bool = False
) -> PersonMerge:
    """Say no to a proposal, with the reason; or the proposer takes it back.

    Args:
        not_same: the two are different people; they are not suggested again.

    Raises:
        NotFound, MergeSettled, MergeReasonMissing: as they say.
    """
    why = read_reason(words)
    merge = _locked_merge(by, merge_id, APPROVE)
    if merge.outcome != "waiting":
        raise MergeSettled
    own = merge.proposed_by_id == by.id
    _settle(merge, "withdrawn" if own else "refused", why, by=by, at=at)
    if not_same:
        remember_not_same(merge.left_id, [merge.into_id], by=by)
        settle_pair(merge.left_id, merge.into_id, "not_same", at)
    name = "person.merge_withdrawn" if own else "person.merge_refused"
    _tell(name, merge, {"reason": why, "not_same": not_same}, by=by, at=at)
    return merge


@act("person.unmerge")
def undo_merge(merge_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> PersonMerge:
    """Take two records apart again, exactly: each says what its own claims say; later merges stay as they are.

    Raises:
        NotFound: missing or hidden.
        MergeNotInForce: it was never approved, or undone already.
        MergeReasonMissing: nothing is undone without one.
    """
    why = read_reason(reason)
    merge = _locked_merge(by, merge_id, UNDO)
    records = group_rows(merge.left_id)
    if merge.outcome != "approved" or merge.undone_at is not None:
        raise MergeNotInForce
    merge.undone_at, merge.undone_by_id, merge.undone_post_id = at, by.id, by.post_id
    merge.sealed_undo = seal_json(merge.into_id, place_of(merge.pk, "undo"), why)
    merge.save(update_fields=("undone_at", "undone_by", "undone_post", "sealed_undo"))
    ids = [row.pk for row in records]
    for kept in _lead_anew(ids):
        rows, _sealed = bring_together(kept, wib_date(at))
        if not rows[0].is_minor:
            unseal_names(_sealed_by_merges([row.pk for row in rows]))
    remember_not_same(merge.left_id, [merge.into_id], by=by)
    settle_pair(merge.left_id, merge.into_id, "not_same", at)
    _keep_answer(merge.left_id, merge.into_id, "unmerged", at)
    facts = {
        "person_id": merge.into_id,
        "left_id": merge.left_id,
        "person_ids": ids,
        "merged_at": merge.decided_at,
    }
    _tell("person.unmerged", merge, {"left": str(merge.left_id), "reason": why}, by=by, at=at, facts=facts)
    return merge


# --- parts of the acts -----------------------------------------------------------------------------------------------


def _locked_merge(by: ActingMember, merge_id: UUID, action: str) -> PersonMerge:
    """The merge, locked after both persons: always in this order, so that no two acts wait for each other crosswise."""
    merge = PersonMerge.objects.filter(pk=merge_id).first()
    if merge is None or not may_decide(by, merge, action):
        raise NotFound
    records = {*same_as(merge.left_id), *same_as(merge.into_id)}
    list(Person.objects.select_for_update().filter(pk__in=records).order_by("pk"))
    return PersonMerge.objects.select_for_update().get(pk=merge_id)


def _locked_ends(left_id: UUID, into_id: UUID) -> tuple[Person, Person]:
    """Both records, locked in the order of their keys; of two merges at once the second finds what the first did."""
    rows = {
        row.pk: row
        for row in Person.objects.select_for_update().filter(pk__in=(left_id, into_id)).order_by("pk")
    }
    if len(rows) != 2:  # noqa: PLR2004 - a pair
        raise NotFound
    check_pair(left_id, into_id, [pk for pk, row in rows.items() if row.merged_into_id is None])
    return rows[left_id], rows[into_id]


def _check_seen(rows: tuple[Person, Person], seen: Seen | None) -> None:
    if seen is not None and seen != (rows[0].revision, rows[1].revision):
        raise ChangedMeanwhile(
            who=next(row.code for row, was in zip(rows, seen, strict=True) if row.revision != was)
        )


def _group_ids(kept: UUID) -> list[UUID]:
    return [kept, *Person.objects.filter(merged_into_id=kept).order_by("pk").values_list("pk", flat=True)]


def _settle(merge: PersonMerge, outcome: str, words: str, *, by: ActingMember, at: datetime) -> None:
    said = " ".join(words.split())[:500]
    merge.outcome, merge.decided_at = outcome, at
    merge.decided_by_id, merge.decided_post_id = by.id, by.post_id
    merge.sealed_answer = seal_json(merge.into_id, place_of(merge.pk, "answer"), said) if said else None
    merge.save(update_fields=("outcome", "decided_at", "decided_by", "decided_post", "sealed_answer"))


def _overtake(left_id: UUID, at: datetime) -> None:
    """Proposals about a record that just stepped back speak of nothing any more."""
    waiting = PersonMerge.objects.filter(Q(left_id=left_id) | Q(into_id=left_id), outcome="waiting")
    waiting.update(outcome="overtaken", decided_at=at)


def _lead_anew(ids: Collection[UUID]) -> list[UUID]:
    """Set ``merged_into`` of these records from the merges still in force; return who stands for somebody now."""
    edges = dict(PersonMerge.objects.filter(IN_FORCE, left_id__in=ids).values_list("left_id", "into_id"))
    ends = {each: end_of(edges, each) for each in ids}
    for each, end in ends.items():
        Person.objects.filter(pk=each).update(merged_into=None if each == end else end, joined=each != end)
    kept = sorted(set(ends.values()))
    Person.objects.filter(pk__in=[end for each, end in ends.items() if each != end]).update(joined=True)
    return kept


def _sealed_by_merges(ids: Iterable[UUID]) -> list[str]:
    """Claims on these records that were sealed only because of a merge."""
    several = list(ids)
    rows = PersonMerge.objects.filter(Q(left_id__in=several) | Q(into_id__in=several), outcome="approved")
    return [claim for claims in rows.values_list("sealed_names", flat=True) for claim in claims]


def _tell(
    action: str,
    merge: PersonMerge,
    detail: dict[str, Any],
    *,
    by: ActingMember,
    at: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    record(
        action,
        by=by,
        at=at,
        kind="person",
        subject_id=merge.into_id,
        sealed_under=merge.into_id,
        detail={"merge": str(merge.pk), **detail},
        facts=facts or {"person_id": merge.into_id, "left_id": merge.left_id},
    )


__all__ = [
    "MergedAlready",
    "PersonMerge",
    "approve_merge",
    "propose_merge",
    "refuse_merge",
    "undo_merge",
]
