"""Due dates as rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class Deadline(models.Model):
    """One clock of one subject (a case, contact, report or stay). Pause and extension come with the second issue."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clock = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    owner_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True, help_text="the reason for the clock fell away")
    law = models.CharField(max_length=160, blank=True)
    statutory = models.BooleanField(default=False)

    class Meta:
        db_table = "deadlines_deadline"
        indexes = (
            models.Index(
                fields=("owner_post", "due_at"),
                name="deadline_open_of_post",
                condition=Q(met_at__isnull=True, dropped_at__isnull=True),
            ),
            models.Index(fields=("subject_id",), name="deadline_of_subject"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("subject_id", "clock"),
                condition=Q(met_at__isnull=True, dropped_at__isnull=True),
                name="one_running_clock_of_a_kind",
            ),
        )
