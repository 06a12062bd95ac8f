"""Nights in the city shelter (rumah singgah)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Bed(models.Model):
    """A bed of the shelter; taken out of use, never deleted."""

    code = models.CharField(primary_key=True, max_length=12)
    room = models.CharField(max_length=40, blank=True)  # P men, W women, K family, I isolation
    kind = models.CharField(max_length=12, default="ordinary")
    out_of_use = models.BooleanField(default=False)

    class Meta:
        db_table = "stays_bed"
        ordering = ("room", "code")


class KnownStays(models.Manager["Stay"]):
    """Stays that the house knows of; of one under a sealed case the board says no more than *tidak tersedia*."""

    def get_queryset(self) -> QuerySet[Stay]:
        """All others."""
        return super().get_queryset().exclude(case__sensitivity="sealed")


class Stay(models.Model):
    """One person's time in the shelter (masa singgah), from a bed given to a destination known."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="stays")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="stays")
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="stays")
    entered_at = models.DateTimeField()
    limit_on = models.DateField(help_text="last allowed night, moved only by an approved extension")
    left_at = models.DateTimeField(null=True, blank=True)
    destination = models.CharField(max_length=32, blank=True)
    sealed_leaving = models.BinaryField(null=True, help_text="JSON: words on destination and receiver")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    revision = models.PositiveIntegerField(default=1)

    objects = KnownStays()
    every = models.Manager["Stay"]()

    class Meta:
        db_table = "stays_stay"
        ordering = ("entered_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=Q(left_at__isnull=True), name="one_running_stay"
            ),
            models.UniqueConstraint(
                fields=("bed",), condition=Q(left_at__isnull=True), name="one_person_per_bed"
            ),
            models.CheckConstraint(
                name="left_stay_has_a_destination", condition=Q(left_at__isnull=True) | ~Q(destination="")
            ),
        )


class StayExtension(models.Model):
    """Asked with a reason, decided by an approver; no silent extension."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="extensions")
    until_on = models.DateField()
    blocker = models.CharField(max_length=32)
    sealed_reason = models.BinaryField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("directory.Post", **BY)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("directory.Post", **BY)
    approved = models.BooleanField(null=True)
    decision_words = models.CharField(max_length=300, blank=True)
    funding = models.CharField(
        max_length=32, blank=True, db_default="", help_text="who pays the meals beyond the limit of SPM"
    )

    class Meta:
        db_table = "stays_extension"
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("stay",), condition=Q(decided_at__isnull=True), name="one_waiting_extension"
            ),
        )


class RollCall(models.Model):
    """The signed list of one day: who was present, out, or left without notice. It writes the meals and proves them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    taken_on = models.DateField(unique=True)
    signed_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "stays_roll_call"


class RollCallMark(models.Model):
    """One line of a roll-call."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    roll_call = models.ForeignKey(RollCall, on_delete=models.PROTECT, related_name="marks")
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="marks")
    mark = models.CharField(max_length=8)  # present | out | left
    meals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "stays_roll_call_mark"
        constraints = (models.UniqueConstraint(fields=("roll_call", "stay"), name="one_mark_per_stay"),)
