"""Erasure on request: a preview of what goes and what stays, one member prepares, a second confirms; no way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.guard import knows
from rangkul.audit.acts import act
from rangkul.audit.erasure import erase_subject, subjects_of
from rangkul.cases.models import Case
from rangkul.cases.sight import cases_in_sight
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import posts_with_role
from rangkul.domain import fields
from rangkul.domain import rights as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.files.disk import path_of
from rangkul.files.models import StoredFile
from rangkul.people.same import links_of, same_as
from rangkul.rights.holds import is_held
from rangkul.rights.models import PrivacyRequest, RetentionItem
from rangkul.rights.reach import rows_about
from rangkul.rights.reach import subjects_of as reach_of
from rangkul.rights.refusals import CaseStillOpen, ErasureHeld, NotTied, PreviewNeeded
from rangkul.rights.sight import locked_request, locked_subject
from rangkul.rights.steps import add_to_decision, end, move, note, tell

BASIS: Final = "uu27-2022.ps43"
STAYS: Final = (
    "figures",
    "trail",
    "requests",
    "case",
    "services",
    "stays",
    "clocks",
    "access",
    "imports",
    "attendance",
    "staff",
)
"""Classes of which codes and dates stay: a frozen figure still opens to a person without name, a proof still proves."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one class: how many rows, and whether codes and dates of them stay."""

    code: str
    label: str
    rows: int
    stays: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do now."""

    fates: list[Fate]
    files: int
    held: bool
    open_case: bool

    @property
    def mark(self) -> str:
        """What whoever goes on says they saw; another one when anything came or went since."""
        counted = [(each.code, each.rows, each.stays) for each in self.fates]
        return sha256(repr((counted, self.files)).encode()).hexdigest()[:16]


def preview(request_id: UUID, *, by: ActingMember, language: str = "id") -> Preview:
    """What goes and what stays, before anything is done.

    Raises:
        NotFound, NotAllowed; NotTied.
    """
    with transaction.atomic():
        decides = knows(by, "rights.decide")
        row = locked_request(by, request_id, "rights.decide" if decides else "rights.second")
    if row.person_id is None or row.kind != rules.ERASURE:
        raise NotTied
    return _preview_of(row.person_id, language)


def _preview_of(person_id: UUID, language: str = "id") -> Preview:
    subjects = reach_of(person_id)
    counts: Counter[str] = Counter()
    for model, rows in rows_about(subjects):
        counts[fields.main_class(model._meta.db_table)] += rows.count()
    classes = city().data_classes
    return Preview(
        [
            Fate(name, each.named(language), counts[name], name in STAYS)
            for name, each in classes.items()
            if counts[name]
        ],
        StoredFile.objects.filter(subject_id__in=subjects.all).count(),
        is_held(person_id),
        _has_open_case(person_id),
    )


def _has_open_case(person_id: UUID) -> bool:
    rows = Case.objects.filter(person__in=same_as(person_id), closed_at__isnull=True)
    return rows.exclude(sensitivity="sealed").exists()


def _check_free(person_id: UUID, previewed: str) -> None:
    """Nothing of the law stops it, nobody is being helped, and what goes is what was seen to go.

    Raises:
        ErasureHeld, CaseStillOpen; PreviewNeeded.
    """
    now = _preview_of(person_id)
    if now.held:
        raise ErasureHeld
    if now.open_case:
        raise CaseStillOpen
    if previewed != now.mark:
        raise PreviewNeeded


@act("rights.prepare_erasure")
def prepare_erasure(
    request_id: UUID, previewed: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """Put a granted erasure before a second person; nothing is destroyed yet.

    Args:
        previewed: ``Preview.mark`` of what this member saw would go.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, StepNotNow; NotTied; ErasureHeld, CaseStillOpen, PreviewNeeded.
    """
    row = locked_request(by, request_id, "rights.decide", seen=seen)
    if row.kind != rules.ERASURE:
        raise rules.StepNotNow
    if row.person_id is None:
        raise NotTied
    _check_free(row.person_id, previewed)
    move(row, "prepare")
    row.decider_id = by.id
    row.save()
    note(row, "prepared", by=by, at=at)
    seconds = [post.pk for post in posts_with_role("agency_head")]
    tell("privacy.erasure_prepared", row, by=by, at=at, facts={"second_posts": seconds})
    return row


@act("rights.send_back")
def send_back(request_id: UUID, words: str, *, by: ActingMember, at: datetime) -> PrivacyRequest:
    """The second person does not confirm; it is with whoever prepared it again.

    Raises:
        NotFound, NotAllowed, StepNotNow; WordsMissing.
    """
    row = locked_request(by, request_id, "rights.second")
    if not words.strip():
        raise rules.WordsMissing(field="back")
    move(row, "send_back")
    row.save()
    note(row, "sent_back", by=by, at=at, words=words.strip()[:2000])
    tell("privacy.erasure_sent_back", row, by=by, at=at)
    return row


@act("rights.confirm_erasure")
def confirm_erasure(
    request_id: UUID, previewed: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """A second person confirms; keys are destroyed, words emptied, files removed. Figures and the trail stay.

    Args:
        previewed: ``Preview.mark`` of what the second person saw would go.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, StepNotNow; SecondPersonNeeded; ErasureHeld, CaseStillOpen,
        PreviewNeeded.
    """
    row = locked_request(by, request_id, "rights.second", seen=seen)
    rules.check_second(row.decider_id, by.id)
    if row.kind != rules.ERASURE or row.person_id is None:
        raise NotFound
    _check_free(row.person_id, previewed)
    move(row, "confirm")
    row.second_id = by.id
    erased(locked_subject(row).pk, BASIS, by=by, at=at)
    add_to_decision(row, erased=True)
    note(row, "erased", by=by, at=at)
    end(row, by=by, at=at)
    row.save()
    return row


def erased(subject_id: UUID, basis: str, *, by: ActingMember | None, at: datetime) -> None:
    """Erase a subject and take its files off the disk once the act stands. For acts of this package that two people let go."""
    subjects = subjects_of(subject_id)
    files = list(StoredFile.objects.filter(subject_id__in=subjects).values_list("pk", flat=True))
    erase_subject(subject_id, by=by, at=at, legal_basis=basis)
    transaction.on_commit(lambda: remove_files(files))


def remove_files(file_ids: Collection[UUID]) -> int:
    """Take sealed bytes off the disk; their rows stay, voided. Say how many were there."""
    removed = 0
    for file_id in file_ids:
        place = path_of(file_id)
        if place.exists():
            place.unlink()
            removed += 1
    return removed


def erasures_beside(member: ActingMember) -> list[Case]:
    """Sealed cases that this member reads whose person's ordinary record is about to go.

    Nobody else learns of it, and it stops nothing: the team keeps in its own record what it still needs.
    """
    if not permission_table().relations(member.role, "case.view", "sealed"):
        return []
    asked = PrivacyRequest.objects.filter(kind=rules.ERASURE, state__in=(rules.GRANTED, rules.WAITING))
    listed = RetentionItem.objects.filter(
        done_at__isnull=True, left_why="", run__applied_at__isnull=True, run__dropped_at__isnull=True
    )
    asked = asked.filter(person__isnull=False)
    leaving = {*asked.values_list("person_id", flat=True), *listed.values_list("subject_id", flat=True)}
    if not leaving:
        return []
    records = {*leaving, *links_of(leaving)}
    rows = cases_in_sight(member).filter(sensitivity="sealed", person__sealed_of__in=records)
    return list(rows.order_by("code"))
