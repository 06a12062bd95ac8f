"""Meetings, who was asked and came, what was spoken of, decided and given to do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}
POST: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"}


class Meeting(models.Model):
    """One meeting (rapat). Words about persons stand sealed; title, place and day are for everybody invited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=24)
    title = models.CharField(max_length=160)
    purpose = models.CharField(max_length=600, blank=True)
    place = models.CharField(max_length=160)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="planned")
    host = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    chair = models.ForeignKey("directory.Post", **POST)
    minute_taker = models.ForeignKey("directory.Post", **POST)
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    protocol = models.CharField(max_length=300, blank=True, help_text="health protocol held to, in words")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("directory.Post", **POST)
    invited_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    quorum_reached = models.BooleanField(null=True)
    closing_words = models.CharField(max_length=600, blank=True)
    news = models.TextField(blank=True, help_text="public words without any person")
    news_approved_at = models.DateTimeField(null=True, blank=True)
    news_approved_by = models.ForeignKey("directory.Post", **BY)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "meetings_meeting"
        ordering = ("-starts_at", "-id")
        indexes = (models.Index(fields=("host", "-starts_at"), name="meeting_of_agency"),)
        constraints = (
            models.CheckConstraint(
                name="meeting_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="closed_meeting_has_its_moment",
                condition=~Q(state="closed") | Q(closed_at__isnull=False),
            ),
        )


class Invitee(models.Model):
    """A post, or somebody from outside the house, asked to come."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="invitees")
    post = models.ForeignKey("directory.Post", null=True, db_index=True, **POST)
    name = models.CharField(max_length=120, blank=True)
    agency = models.CharField(max_length=160, help_text="agency key, or its name when from outside")
    part = models.CharField(max_length=12, default="participant")  # participant | speaker
    answer = models.CharField(max_length=10, blank=True)  # coming | sends | not
    answer_words = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "meetings_invitee"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "post"), condition=Q(post__isnull=False), name="one_invitation_per_post"
            ),
            models.CheckConstraint(name="invitee_is_somebody", condition=Q(post__isnull=False) | ~Q(name="")),
        )


class Attendance(models.Model):
    """One line of the attendance list. A name from the list was typed by the minute taker."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=160, blank=True)
    agency = models.CharField(max_length=160)
    way = models.CharField(max_length=8)  # qr | list | self
    at = models.DateTimeField()

    class Meta:
        db_table = "meetings_attendance"
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "member"),
                condition=Q(member__isnull=False),
                name="one_signature_per_member",
            ),
        )


class AgendaItem(models.Model):
    """One thing to speak of. About a case, its words stand sealed under the person's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10)
    about_key = models.CharField(max_length=60, blank=True, help_text="what asked to be here, kind:uuid")
    title = models.CharField(max_length=200, blank=True, help_text="empty about a case: told when drawn")
    why = models.CharField(max_length=40, blank=True, help_text="code of the clock, or of the refusal")
    since = models.DateTimeField(null=True, blank=True)
    speaker = models.CharField(max_length=160, blank=True)
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="agenda_items"
    )
    promised = models.ForeignKey(
        "ActionItem", null=True, blank=True, on_delete=models.PROTECT, related_name="carried_to"
    )
    sealed_minutes = models.BinaryField(null=True)
    postponed_to = models.DateField(null=True, blank=True)
    taken_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "meetings_agenda_item"
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "about_key"),
                condition=~Q(about_key="") & Q(taken_off_at__isnull=True),
                name="one_agenda_item_per_matter",
            ),
        )


class MeetingDecision(models.Model):
    """What was decided, with who dissented and, about a person, what the person wants."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    sealed = models.BinaryField(help_text="JSON: words, wish, dissent [{agency, words}]")
    decided_at = models.DateTimeField()
    post = models.ForeignKey("directory.Post", **BY)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)

    class Meta:
        db_table = "meetings_decision"
        ordering = ("decided_at", "id")


class ActionItem(models.Model):
    """Something a post has to do by a day (tindak lanjut). Open ones stand on the next meeting's agenda."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="action_items")
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="action_items"
    )
    sealed_what = models.BinaryField()
    owner = models.ForeignKey("directory.Post", db_index=False, **POST)
    due_on = models.DateField()
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    sealed_ending = models.BinaryField(null=True, help_text="JSON: what was done, or why dropped")
    ended_by = models.ForeignKey("directory.Post", **BY)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "meetings_action_item"
        ordering = ("due_on", "id")
        indexes = (
            models.Index(
                fields=("owner", "due_on"),
                name="open_action_items",
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="done_or_dropped", condition=Q(done_at__isnull=True) | Q(dropped_at__isnull=True)
            ),
        )
