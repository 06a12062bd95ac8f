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


class SuspectedPair(models.Model):
    """Two records that matching takes for one person; a steward decides. No words, only codes of comparison."""

    id = models.BigAutoField(primary_key=True)
    low_id = models.UUIDField()
    high_id = models.UUIDField()
    probability = models.FloatField()
    reasons = models.JSONField(default=list, help_text="codes of what agrees and differs, strongest first")
    cost = models.FloatField(default=0, help_text="what the mistake costs, for the order of the queue")
    cost_why = models.CharField(max_length=32, blank=True)
    evidence = models.JSONField(default=dict, help_text="odds and levels, for what answers teach; no words")
    state = models.CharField(max_length=10, default="open")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    later_until = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "matching_suspected_pair"
        constraints = (
            models.UniqueConstraint(fields=("low_id", "high_id"), name="one_suspicion_per_pair"),
            models.CheckConstraint(name="suspected_pair_is_ordered", condition=Q(low_id__lt=F("high_id"))),
            models.CheckConstraint(
                name="suspected_state_known",
                condition=Q(state__in=("open", "later", "not_same", "merged", "gone")),
            ),
        )
        indexes = (
            models.Index(
                fields=("-cost", "-probability"),
                name="suspected_queue",
                condition=Q(state__in=("open", "later")),
            ),
        )


class MatchDecision(models.Model):
    """What an officer answered to a suggestion: a row for training the re-ranker. Codes and numbers, no personal data."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    where = models.CharField(max_length=10)  # intake | queue | merge
    answer = models.CharField(max_length=10)  # same | not_same | passed | new | merged | unmerged | later
    probability = models.FloatField(null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    reasons = models.JSONField(default=list)
    evidence = models.JSONField(default=dict)  # {"odds": number, "levels": {comparison: level}}

    class Meta:
        db_table = "matching_decision"
        indexes = (models.Index(fields=("at",), name="match_decision_at"),)


class CheckRun(models.Model):
    """One repeat check of a role that gets the short answer: for the alarm when somebody fishes (design §1.7)."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.UUIDField()
    post_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    asked = models.BigIntegerField(default=0, help_text="keyed hash of what was asked, to know a reload")
    at = models.DateTimeField()
    offered = models.PositiveSmallIntegerField(default=0)
    chosen = models.BooleanField(default=False)
    alarmed = models.BooleanField(default=False)

    class Meta:
        db_table = "matching_check_run"
        indexes = (models.Index(fields=("member_id", "at"), name="check_run_of_member"),)


class IndexChange(models.Model):
    """The change feed: this person's matching facts changed. Added only; every process reads on from where it was.

    ``tx`` is the writing transaction on PostgreSQL, where rows do not become visible in the order of their ids.
    """

    id = models.BigAutoField(primary_key=True)
    tx = models.BigIntegerField(default=0, db_default=0)
    person_id = models.UUIDField()

    class Meta:
        db_table = "matching_change"
        indexes = (models.Index(fields=("tx",), name="index_change_tx"),)


class NightlyRun(models.Model):
    """The register was compared with itself on this day. Whoever writes the row runs; the key lets only one do it."""

    night = models.DateField(primary_key=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    persons = models.PositiveIntegerField(default=0)
    pairs = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "matching_nightly_run"
