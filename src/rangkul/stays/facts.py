"""What stays tell the rooms below: the timeline, and the newest day in the shelter."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role, who_words
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.provided import Follow
from rangkul.people.same import records_of, same_as
from rangkul.stays.models import RollCallMark, Stay
from rangkul.vault.often import often


def timeline(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Entering, extensions and leaving, as sentences."""
    entries: list[TimelineEntry] = []
    stays = _stays_of(case_id, person_id)
    prefetch_related_objects(stays, "extensions__decided_by")
    for stay in stays:
        who = who_words(stay.member, None)
        entries.append(
            TimelineEntry(
                at=stay.entered_at,
                kind="stay",
                sentence=_("Masuk Rumah Singgah, tempat tidur %(bed)s") % {"bed": stay.bed_id},
                who=who,
            )
        )
        for each in stay.extensions.all():
            if each.approved and each.decided_at:
                words = _("Masa singgah diperpanjang sampai %(day)s") % {"day": f"{each.until_on:%d-%m-%Y}"}
                entries.append(
                    TimelineEntry(
                        at=each.decided_at, kind="stay", sentence=words, who=who_words(None, each.decided_by)
                    )
                )
        if stay.left_at:
            place = _destination(stay.destination, member.language)
            entries.append(
                TimelineEntry(
                    at=stay.left_at,
                    kind="stay",
                    sentence=_("Keluar dari Rumah Singgah: %(place)s") % {"place": place},
                )
            )
    return entries


@often
def _stays_of(case_id: UUID, person_id: UUID) -> Any:  # noqa: ANN401 - a query set of stays
    return Stay.every.filter(case_id=case_id, person_id=person_id).select_related("member")


def _destination(code: str, language: str) -> str:
    found = next((each for each in city().choices_of("destination") if each.code == code), None)
    return found.named(language) if found else code


def last_day(case_id: UUID, person_id: UUID) -> date | None:
    """The newest day of a stay on which the person was marked present or out, or entered."""
    day: date | None = (
        RollCallMark.objects.filter(stay__case_id=case_id, stay__person_id=person_id)
        .exclude(mark="left")
        .order_by("-roll_call__taken_on")
        .values_list("roll_call__taken_on", flat=True)
        .first()
    )
    entered = (
        Stay.every.filter(case_id=case_id, person_id=person_id)
        .order_by("-entered_at")
        .values_list("entered_at", flat=True)
        .first()
    )
    days = [each for each in (day, wib_date(entered) if entered else None) if each]
    return max(days) if days else None


def posts_at_work(person_id: UUID) -> frozenset[UUID]:
    """The shelter's posts while a stay of the person runs."""
    if not _running_of(person_id):
        return frozenset()
    return frozenset(post.pk for post in posts_with_role("shelter"))


@often
def _running_of(person_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    rows = Stay.every.filter(person__in=records_of(person_id), left_at__isnull=True)
    return rows.order_by().values_list("pk", flat=True)[:1]


def merge_follows(left_id: UUID, into_id: UUID, _today: date) -> list[Follow]:
    """Two running stays under two records: one of the beds is free."""
    records = [*same_as(left_id), *same_as(into_id)]
    beds = list(
        Stay.every.filter(person_id__in=records, left_at__isnull=True).values_list("bed_id", flat=True)
    )
    return [Follow("two_beds", len(beds), tuple(beds))] if len(beds) > 1 else []
