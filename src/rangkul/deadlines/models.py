"""Due dates as rows, and what was done to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

RUNNING = Q(met_at__isnull=True, dropped_at__isnull=True)


class Deadline(models.Model):
    """One clock of one subject (a case, contact, report, stay, hand-over …).

    At every moment it is exactly one of: met, dropped with a reason, paused with a reason, carried up, running
    (``domain.deadlines.standing``). What changes its due moment or its owner stands beside it as a row of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clock = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True, blank=True, help_text="the case it belongs to, if any")
    person_id = models.UUIDField(null=True, blank=True, help_text="whose key seals the words about it")
    owner_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    hears_post = models.ForeignKey(
        "directory.Post",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="who hears of a lapse beside the superior (mandates)",
    )
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    term_from = models.DateTimeField(
        help_text="from when the present term runs: start, resumption, extension"
    )
    own_due = models.BooleanField(
        default=False, help_text="due by a fact, a pause or an extension, no longer by the table"
    )
    met_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True, help_text="the reason for the clock fell away")
    dropped_why = models.CharField(max_length=40, blank=True, help_text="the news that took the reason away")
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_until = models.DateTimeField(null=True, blank=True, help_text="when it goes on by itself")
    pause_reason = models.CharField(max_length=32, blank=True)
    next_rung_at = models.DateTimeField(null=True, blank=True, help_text="when the next rung is told")
    law = models.CharField(max_length=160, blank=True)
    statutory = models.BooleanField(default=False)

    class Meta:
        db_table = "deadlines_deadline"
        indexes = (
            models.Index(fields=("owner_post", "due_at"), name="deadline_open_of_post", condition=RUNNING),
            models.Index(fields=("subject_id",), name="deadline_of_subject"),
            models.Index(
                fields=("case_id",),
                name="deadline_open_of_case",
                condition=RUNNING & Q(case_id__isnull=False),
            ),
            models.Index(
                fields=("next_rung_at",),
                name="deadline_next_rung",
                condition=RUNNING & Q(next_rung_at__isnull=False),
            ),
            models.Index(
                fields=("pause_until",),
                name="deadline_standing_still",
                condition=RUNNING & Q(paused_at__isnull=False),
            ),
            models.Index(fields=("due_at",), name="deadline_open_by_due", condition=RUNNING),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("subject_id", "clock"), condition=RUNNING, name="one_running_clock_of_a_kind"
            ),
            models.CheckConstraint(
                name="clock_met_or_dropped", condition=Q(met_at__isnull=True) | Q(dropped_at__isnull=True)
            ),
            models.CheckConstraint(
                name="clock_dropped_with_reason",
                condition=Q(dropped_at__isnull=True, dropped_why="")
                | (Q(dropped_at__isnull=False) & ~Q(dropped_why="")),
            ),
            models.CheckConstraint(
                name="clock_paused_with_reason",
                condition=Q(paused_at__isnull=True, pause_until__isnull=True, pause_reason="")
                | (Q(paused_at__isnull=False, pause_until__isnull=False) & ~Q(pause_reason="")),
            ),
        )


class DeadlineChange(models.Model):
    """One change of a clock: it stood still, went on, was extended, got another owner. Added, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=20)
    at = models.DateTimeField()
    due_before = models.DateTimeField()
    due_after = models.DateTimeField()
    reason = models.CharField(max_length=40, blank=True)
    sealed_words = models.BinaryField(null=True)
    post = models.ForeignKey("directory.Post", null=True, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("directory.Member", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "deadlines_change"
        ordering = ("at", "id")


class DeadlineExtension(models.Model):
    """More time, asked for by the post that owes and decided by a post above it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="extensions")
    until = models.DateTimeField()
    reason = models.CharField(max_length=32)
    sealed_words = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+")
    asked_member = models.ForeignKey(
        "directory.Member", null=True, on_delete=models.PROTECT, related_name="+"
    )
    to_post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("directory.Post", null=True, on_delete=models.PROTECT, related_name="+")
    decision_words = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "deadlines_extension"
        constraints = (
            models.UniqueConstraint(
                fields=("deadline",),
                condition=Q(decided_at__isnull=True),
                name="one_extension_waits_per_clock",
            ),
            models.CheckConstraint(
                name="clock_extension_decided_whole",
                condition=Q(decided_at__isnull=True, approved__isnull=True)
                | Q(decided_at__isnull=False, approved__isnull=False),
            ),
        )


class Escalation(models.Model):
    """A post of the ladder was told of a clock. Once per rung and term, however often the clock beats."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="escalations")
    rung = models.CharField(max_length=20)
    due_at = models.DateTimeField(help_text="the due moment of the term that it was told about")
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    told_at = models.DateTimeField(help_text="the moment of the rung, also when the clock beat later")
    written_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "directory.Member", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "deadlines_escalation"
        indexes = (
            models.Index(fields=("post",), name="escalation_open", condition=Q(acknowledged_at__isnull=True)),
        )
        constraints = (
            models.UniqueConstraint(fields=("deadline", "rung", "due_at"), name="each_rung_once_per_term"),
        )
