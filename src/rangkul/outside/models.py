"""What somebody told of a case that happened outside the house."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class OutsideNews(models.Model):
    """One thing that the police, a court or LPSK did, with its number. Added, never edited; a wrong one is voided.

    Clocks that it started or met are not turned back by a void: the law's time ran from what was known; the reason says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="outside_news")
    event = models.CharField(max_length=48)
    happened_at = models.DateTimeField()
    sealed = models.BinaryField(help_text="JSON: number, words")
    told_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "outside_news"
        ordering = ("happened_at", "id")
