"""When a protocol was on, what was asked under it, and the guidance sessions that were held."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class ProtocolPeriod(models.Model):
    """A protocol on from one day to another, both included; switched off, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    protocol = models.CharField(max_length=40)
    version = models.CharField(max_length=12)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    switched_at = models.DateTimeField()
    switched_by = models.ForeignKey("directory.Post", **BY)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "protocols_period"
        ordering = ("-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("protocol",), condition=Q(ends_on__isnull=True), name="one_running_period"
            ),
            models.CheckConstraint(
                name="period_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        )


class Screening(models.Model):
    """What was asked of one person at one contact or intake; health data, sealed under that subject's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    about_kind = models.CharField(max_length=8)  # contact | stay
    about_id = models.UUIDField()
    subject_id = models.UUIDField(
        help_text="whose key seals the answers: the contact, or the person who stays"
    )
    protocol = models.CharField(max_length=40)
    version = models.CharField(max_length=12)
    suspected = models.BooleanField(default=False)
    sealed_answers = models.BinaryField()
    asked_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "protocols_screening"
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("about_id", "protocol"), name="one_screening_per_event"),
        )


class GuidanceSession(models.Model):
    """A group session: guidance (bimbingan) for people in care, or education (penyuluhan) for families and the public."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12)  # guidance | education
    topic = models.CharField(max_length=200)
    audience = models.CharField(max_length=160)
    place = models.CharField(max_length=160)
    held_on = models.DateField()
    attended = models.PositiveIntegerField()
    agency = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey("directory.Post", **BY)
    speaker = models.CharField(max_length=160, blank=True)
    protocols = models.JSONField(default=list, help_text="protocols on that day: [{code, version}]")
    steps = models.JSONField(default=list, help_text="codes of the steps that were followed")
    kits = models.PositiveIntegerField(default=0)
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)

    class Meta:
        db_table = "protocols_session"
        ordering = ("-held_on", "-id")


class SessionPart(models.Model):
    """A person in care who took part; the service record is its proof."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(GuidanceSession, on_delete=models.PROTECT, related_name="parts")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="session_parts")

    class Meta:
        db_table = "protocols_session_part"
        constraints = (models.UniqueConstraint(fields=("session", "case"), name="one_part_per_case"),)
