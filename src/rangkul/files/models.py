"""Stored files: bytes on disk sealed under the subject's key, facts here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7


class StoredFile(models.Model):
    """A photo or document. Immutable; images were re-encoded and hold no metadata.

    ``subject_id`` names whose key seals it; ``about_kind``/``about_id`` say where it is shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField()
    about_kind = models.CharField(max_length=16)
    about_id = models.UUIDField()
    kind = models.CharField(max_length=12)  # photo | document
    sensitivity = models.CharField(max_length=10, default="ordinary")
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    sealed_name = models.BinaryField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    added_at = models.DateTimeField(auto_now_add=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "files_stored_file"
        indexes = (models.Index(fields=("about_id",), name="file_about"),)
