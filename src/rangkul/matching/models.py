"""Name keys for the repeat check and search; the memory of "not the same person"."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class NameKey(models.Model):
    """One keyed hash of a name token or its sound, of one person. Nothing readable stands here."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField()
    kind = models.CharField(max_length=1)  # t token, s sound, k skeleton, m mark, o origin
    key = models.BigIntegerField()

    class Meta:
        db_table = "matching_name_key"
        indexes = (
            models.Index(fields=("key", "kind", "person_id"), name="name_key_lookup"),
            models.Index(fields=("person_id",), name="name_key_of_person"),
        )


class NotSamePerson(models.Model):
    """An officer looked at both and said no; the pair is not offered again."""

    id = models.BigAutoField(primary_key=True)
    low_id = models.UUIDField()
    high_id = models.UUIDField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "matching_not_same_person"
        constraints = (
            models.UniqueConstraint(fields=("low_id", "high_id"), name="one_no_per_pair"),
            models.CheckConstraint(name="pair_is_ordered", condition=Q(low_id__lt=F("high_id"))),
        )
