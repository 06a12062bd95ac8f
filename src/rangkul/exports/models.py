"""Requests for lists, and what became of them. The list itself is never kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class Export(models.Model):
    """Somebody asked to take a list out. ``asked`` narrows it (year, state, stage): codes, nothing about a person.

    Words and the file's password stand sealed under the export's own key. ``code`` is the mark on every sheet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=9, unique=True)
    kind = models.CharField(max_length=16)
    asked = models.JSONField(default=dict)
    purpose = models.CharField(max_length=24)
    sealed_words = models.BinaryField(help_text="JSON: what for, in words; why it was refused")
    sealed_password = models.BinaryField(null=True)
    rows = models.PositiveIntegerField()
    protected_rows = models.PositiveIntegerField(default=0)
    needs_second = models.BooleanField()
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    agency = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True)
    digest = models.BinaryField(max_length=32, null=True, help_text="SHA-256 of the file that left")

    class Meta:
        db_table = "exports_export"
        constraints = (
            models.CheckConstraint(
                name="export_state_known", condition=Q(state__in=("waiting", "ready", "refused", "taken"))
            ),
            models.CheckConstraint(
                name="export_second_is_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("member")),
            ),
            models.CheckConstraint(
                name="export_needed_second_was_asked",
                condition=Q(needs_second=False)
                | Q(state__in=("waiting", "refused"))
                | Q(decided_by__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=("state", "asked_at"), name="export_by_state"),
            models.Index(fields=("member", "asked_at"), name="export_of_member"),
        )
