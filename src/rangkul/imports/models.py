"""Import batches."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7


class ImportBatch(models.Model):
    """One file brought in: its digest, counts and, when rows were refused, the file that says why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12)  # people | assessments | services
    file_name = models.CharField(max_length=200)
    sha256 = models.BinaryField(max_length=32)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(
        null=True, help_text="when the running import last wrote; old means crashed"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, default="waiting")  # waiting | running | done | failed
    rows = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    has_upload = models.BooleanField(default=False, help_text="the sealed file is still kept (30 days)")
    has_refused = models.BooleanField(
        default=False, help_text="the sealed file of refused rows is still kept"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "imports_batch"
        ordering = ("-started_at",)


class PersonRowMark(models.Model):
    """A keyed mark of one imported person row, so that the same row again is known without keeping what it said."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    mark = models.BigIntegerField(help_text="keyed hash of the row without recorded_on")
    recorded_on = models.DateField(help_text="as the row said, or the day of the import")

    class Meta:
        db_table = "imports_person_row_mark"


class DataQualityNote(models.Model):
    """A warning that is no refusal (age against type, NIK against birth date), for the steward's list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)
    about_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    noted_at = models.DateTimeField()
    batch_id = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "imports_data_quality_note"
        indexes = (
            models.Index(fields=("noted_at",), name="note_open", condition=models.Q(settled_at__isnull=True)),
        )
