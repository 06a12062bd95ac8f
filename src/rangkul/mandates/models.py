"""Duties as rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class Duty(models.Model):
    """One thing that one post must do because of one event, by a row of ``mandates.csv``.

    It says what and whom to ask (the post that holds the case), never who the person is: that stands on the pages that
    its post may open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mandate = models.CharField(max_length=40)
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    about_kind = models.CharField(max_length=16)
    about_id = models.UUIDField()
    case_id = models.UUIDField(null=True, blank=True)
    person_id = models.UUIDField(null=True, blank=True, help_text="whose key seals the answer")
    ask_post = models.ForeignKey("directory.Post", null=True, on_delete=models.PROTECT, related_name="+")
    arisen_at = models.DateTimeField()
    answer = models.CharField(max_length=12, blank=True, help_text="done | not_needed")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("directory.Member", null=True, on_delete=models.PROTECT, related_name="+")
    sealed_words = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="the case was closed first")

    class Meta:
        db_table = "mandates_duty"
        indexes: ClassVar = [
            models.Index(
                fields=("post", "arisen_at"),
                name="duty_open_of_post",
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
            ),
            models.Index(
                fields=("case_id",),
                name="duty_open_of_case",
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("mandate", "about_id"),
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
                name="one_open_duty_of_a_kind",
            ),
            models.CheckConstraint(
                name="duty_answered_whole",
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
        ]
