"""Alarms that the trail raised, and how far it has been read."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from rangkul.domain.alarms import VERDICTS


class Alarm(models.Model):
    """A rule of ``alarms.csv`` said that a look is unusual. Of one event, one alarm of each rule.

    What was found is sealed under the alarm's own key; a verdict follows a verdict only upwards (seen → the others).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.CharField(max_length=12)
    event_id = models.UUIDField(help_text="the event at which the rule spoke")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post_code = models.CharField(max_length=60, blank=True)
    agency = models.CharField(max_length=40, blank=True)
    subject_kind = models.CharField(max_length=16, blank=True)
    subject_id = models.UUIDField(
        null=True, help_text="the person, case or contact; none where a rule counts"
    )
    is_sealed = models.BooleanField(
        default=False, help_text="the subject is sealed: nobody here is told which it is"
    )
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(help_text="the moment of the event")
    raised_at = models.DateTimeField()
    verdict = models.CharField(max_length=12, blank=True)
    sealed_words = models.BinaryField(null=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "watching_alarm"
        constraints = (
            models.UniqueConstraint(fields=("rule", "event_id"), name="alarm_once_per_event"),
            models.CheckConstraint(name="alarm_verdict_known", condition=Q(verdict__in=("", *VERDICTS))),
            models.CheckConstraint(
                name="alarm_judged_at_a_moment", condition=Q(verdict="") | Q(judged_at__isnull=False)
            ),
        )
        indexes = (
            models.Index(fields=("raised_at",), name="alarm_waiting", condition=Q(verdict="")),
            models.Index(fields=("member", "rule", "at"), name="alarm_of_member"),
        )


class Place(models.Model):
    """The number of the last entry that the rules have read. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "watching_place"
