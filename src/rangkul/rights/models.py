"""What was asked about somebody's data, what was decided, and every step on the way."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class PrivacyRequest(models.Model):
    """A request of the person, or of whoever may ask for them. What was said stands sealed under the request's own key.

    ``person`` is empty until somebody found out whom it is about, and stays empty when nothing is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12)
    asker = models.CharField(max_length=10)
    channel = models.CharField(max_length=8)
    asked_at = models.DateTimeField(help_text="when it was asked: the clock of the law runs from here")
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("directory.Post", **BY)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(help_text="JSON: name, contact, identity, authority, about, words")
    state = models.CharField(max_length=10, default="received")
    outcome = models.CharField(max_length=12, blank=True)
    ground = models.CharField(max_length=40, blank=True)
    sealed_decision = models.BinaryField(null=True, help_text="JSON: words to the asker, what was done")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("directory.Post", **BY)
    decider = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("directory.Post", **BY)
    second = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="a restriction that was lifted again")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "rights_request"
        ordering = ("-received_at",)
        indexes = (
            models.Index(
                fields=("received_at",),
                name="rights_request_open",
                condition=Q(state__in=("received", "granted", "waiting")),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="rights_state_known",
                condition=Q(state__in=("received", "granted", "refused", "waiting", "done", "taken_back")),
            ),
            models.CheckConstraint(
                name="rights_refused_with_ground", condition=~Q(state="refused") | ~Q(ground="")
            ),
            # Two people for what cannot be undone, whatever a program does.
            models.CheckConstraint(
                name="rights_erased_by_two",
                condition=~Q(kind="erasure", state="done", outcome__in=("granted", "partly"))
                | (Q(second__isnull=False) & Q(decider__isnull=False) & ~Q(second=F("decider"))),
            ),
        )


class PrivacyStep(models.Model):
    """One step of a request. Added, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(PrivacyRequest, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=24)
    at = models.DateTimeField()
    post = models.ForeignKey("directory.Post", **BY)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    sealed_words = models.BinaryField(null=True)

    class Meta:
        db_table = "rights_step"
        ordering = ("at", "id")


class Breach(models.Model):
    """A failure to protect data that became known (Ps. 46): which part of the trail, since when, who was told by when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=12, unique=True)
    known_at = models.DateTimeField(help_text="when the failure became known: 3 x 24 hours run from here")
    since = models.DateTimeField()
    until = models.DateTimeField()
    sealed = models.BinaryField(help_text="JSON: member, agency, subject, how, handling; under its own key")
    events = models.PositiveIntegerField(default=0)
    subjects = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("directory.Post", **BY)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    told_at = models.DateTimeField(null=True, blank=True, help_text="subjects and authority were told")
    dismissed_at = models.DateTimeField(null=True, blank=True, help_text="it was none")
    sealed_ending = models.BinaryField(null=True, help_text="JSON: whom was told how, or why it was none")

    class Meta:
        db_table = "rights_breach"
        ordering = ("-known_at",)
        constraints = (
            models.CheckConstraint(name="breach_in_time", condition=Q(since__lte=F("until"))),
            models.CheckConstraint(
                name="breach_told_or_none", condition=Q(told_at__isnull=True) | Q(dismissed_at__isnull=True)
            ),
        )


class LegalHold(models.Model):
    """Something of the law stops the destruction of a person's data: a case in court, an order. Ended by date, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    law = models.CharField(max_length=160)
    sealed_words = models.BinaryField(help_text="why; under the person's key")
    since = models.DateTimeField()
    set_by = models.ForeignKey("directory.Post", **BY)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "rights_hold"
        ordering = ("-since",)


class RetentionRun(models.Model):
    """What is past its time, listed by one member, let go by a second, destroyed by the clock. Each list is fixed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.CharField(max_length=40)
    before = models.DateTimeField(help_text="what ended before this moment")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("directory.Post", **BY)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("directory.Post", **BY)
    confirmer = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    applied_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "rights_retention_run"
        ordering = ("-proposed_at",)
        constraints = (
            models.CheckConstraint(
                name="retention_by_two",
                condition=Q(confirmed_at__isnull=True)
                | (Q(confirmer__isnull=False) & Q(proposer__isnull=False) & ~Q(confirmer=F("proposer"))),
            ),
            models.CheckConstraint(
                name="retention_applied_after_two",
                condition=Q(applied_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("rule",),
                condition=Q(applied_at__isnull=True, dropped_at__isnull=True),
                name="one_open_run_per_rule",
            ),
        )


class RetentionItem(models.Model):
    """One subject of a run: destroyed, or left because something changed since."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(RetentionRun, on_delete=models.PROTECT, related_name="items")
    subject_id = models.UUIDField()
    code = models.CharField(max_length=12, blank=True)
    ended_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    left_why = models.CharField(max_length=16, blank=True)

    class Meta:
        db_table = "rights_retention_item"
        constraints = (models.UniqueConstraint(fields=("run", "subject_id"), name="once_per_run"),)
