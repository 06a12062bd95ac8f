"""Referrals to institutions: what was sent, what came back, and how things stand at the institutions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class InstitutionState(models.Model):
    """How things stand at an institution: rows, never edits; the newest counts.

    ``closed`` names why nobody is taken (a code of the city's list), empty when people are.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.CharField(max_length=40)
    beds_free = models.PositiveSmallIntegerField(null=True, blank=True)
    free_from = models.DateField(null=True, blank=True)
    queue = models.PositiveSmallIntegerField(null=True, blank=True)
    closed = models.CharField(max_length=32, blank=True)
    closed_until = models.DateField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True)
    said_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "referrals_institution_state"
        ordering = ("said_at", "id")
        indexes = (models.Index(fields=("institution", "said_at"), name="institution_newest"),)


class Referral(models.Model):
    """One person asked to be taken by one institution (rujukan). Open while ``closed_at`` is empty.

    ``sealed`` holds the sheet exactly as the institution sees it, and beside it what only the sender keeps: the unmet
    criteria, the reasons, consent or ground, the statements.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="referrals")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    institution = models.CharField(max_length=40)
    kind = models.CharField(max_length=24)
    after = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    state = models.CharField(max_length=10, default="sent")
    sent_at = models.DateTimeField()
    late_after = models.DateTimeField(help_text="end of the third working day")
    sender = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    sealed = models.BinaryField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("directory.Post", **BY)
    answered_by_link = models.BooleanField(default=False)
    reason = models.CharField(max_length=32, blank=True)
    place_from = models.DateField(
        null=True, blank=True, help_text="the day from which the person is expected"
    )
    sealed_answer = models.BinaryField(null=True)
    decided_at = models.DateTimeField(
        null=True, blank=True, help_text="when the sender decided after a refusal"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "referrals_referral"
        ordering = ("sent_at", "id")
        constraints = (
            models.CheckConstraint(
                name="referral_state_known",
                condition=Q(state__in=("sent", "accepted", "declined", "withdrawn")),
            ),
            # A refusal names its reason; an answer has its moment; what nobody answered is still open.
            models.CheckConstraint(
                name="refusal_names_its_reason", condition=~Q(state="declined") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="answered_referral_says_when",
                condition=Q(state__in=("sent", "withdrawn")) | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="unanswered_referral_is_open", condition=~Q(state="sent") | Q(closed_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=("case", "institution"),
                condition=Q(closed_at__isnull=True),
                name="one_open_referral_per_institution",
            ),
        )
        indexes = (
            models.Index(fields=("sent_at",), name="referral_by_day"),
            models.Index(fields=("late_after",), name="referral_unanswered", condition=Q(state="sent")),
        )


class ReferralResult(models.Model):
    """Something that came of a referral (hasil rujukan): a code of the city's table, a day, words. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="results")
    code = models.CharField(max_length=32)
    on = models.DateField(null=True, blank=True, help_text="the day the code asks for")
    short_notice = models.BooleanField(default=False)
    sealed = models.BinaryField(null=True, help_text="JSON: words")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    by_link = models.BooleanField(default=False)

    class Meta:
        db_table = "referrals_result"
        ordering = ("recorded_at", "id")


class LinkTry(models.Model):
    """The answer link of a referral was tried when it no longer worked: how often, and whether the desk knows."""

    referral = models.OneToOneField(
        Referral, primary_key=True, on_delete=models.PROTECT, related_name="link_try"
    )
    times = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "referrals_link_try"
        indexes = (
            models.Index(fields=("last_at",), name="link_try_unseen", condition=Q(seen_at__isnull=True)),
        )


class EconomicCheck(models.Model):
    """The question at 30 and 90 days: has the person an income or an activity? (practice.md F25, K25)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="checks")
    days = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    outcome = models.CharField(max_length=16, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    sealed = models.BinaryField(null=True, help_text="JSON: words")

    class Meta:
        db_table = "referrals_economic_check"
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(fields=("referral", "days"), name="one_check_per_day_count"),
            models.CheckConstraint(
                name="check_outcome_known",
                condition=Q(outcome__in=("", "income", "activity", "none", "not_reached")),
            ),
        )
        indexes = (
            models.Index(fields=("due_on",), name="economic_check_open", condition=Q(asked_at__isnull=True)),
        )
