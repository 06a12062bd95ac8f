"""Contacts with children side by side, the patterns found in them, what Unit PPA says of each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Pattern(models.Model):
    """Contacts that belong together (pola pada anak). Known to Unit PPA and to nobody else.

    ``signs`` are codes of ``domain.exploitation.SIGNS`` joined by ``;``. The newest answer gives the state.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    raised_at = models.DateTimeField()
    grown_at = models.DateTimeField()
    signs = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default="open")  # open | answered
    verdict = models.CharField(max_length=16, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "patterns_pattern"
        ordering = ("-grown_at",)
        indexes = (models.Index(fields=("grown_at",), name="pattern_open", condition=Q(state="open")),)


class ChildSighting(models.Model):
    """One contact with a child, as far as it can be compared. Plate and adult stand sealed in the contact itself.

    ``plate_index`` is a keyed, truncated hash: foreign plates share it on purpose, the contacts are opened and compared.
    """

    contact = models.OneToOneField(
        "reports.Contact", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    child = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    plate_index = models.BigIntegerField(null=True)
    pattern = models.ForeignKey(Pattern, null=True, on_delete=models.PROTECT, related_name="sightings")

    class Meta:
        db_table = "patterns_child_sighting"
        indexes = (
            models.Index(fields=("child", "at"), name="sighting_of_child"),
            models.Index(
                fields=("plate_index", "at"), name="sighting_by_plate", condition=Q(plate_index__isnull=False)
            ),
        )


class PatternAnswer(models.Model):
    """What Unit PPA says a pattern is; added, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pattern = models.ForeignKey(Pattern, on_delete=models.PROTECT, related_name="answers")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=16)
    adult_victim = models.CharField(max_length=8)  # unknown | yes | no
    sealed = models.BinaryField(help_text="JSON: words, police_number; under the pattern's own key")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "patterns_answer"
        ordering = ("-at", "-id")
