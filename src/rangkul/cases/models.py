"""Cases and all that carries them: turns, holders, stages, evidence, assessments, plan, visits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class KnownCases(models.Manager["Case"]):
    """Cases that the house knows of. A sealed one is in no list, count or answer but its team's."""

    def get_queryset(self) -> QuerySet[Case]:
        """All others."""
        return super().get_queryset().exclude(sensitivity="sealed")


class Case(models.Model):
    """One carrying of one person, from opening to closing (kasus).

    ``stage``, ``holder``, ``held_since``, ``closed_at`` repeat the newest stage, holder and turn rows, written in
    the same transaction, so that lists need no sub-queries.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=12, unique=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="cases")
    contact = models.ForeignKey(
        "reports.Contact", null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    agency = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    area_code = models.CharField(max_length=13, blank=True)
    category = models.CharField(max_length=32, blank=True)
    sensitivity = models.CharField(max_length=10, default="ordinary")
    rule_version = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    stage = models.CharField(max_length=24)
    stage_since = models.DateTimeField()
    holder = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    held_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_reason = models.CharField(max_length=32, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = KnownCases()
    every = models.Manager["Case"]()

    class Meta:
        db_table = "cases_case"
        constraints = (
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(closed_at__isnull=True) & ~Q(sensitivity="sealed"),
                name="one_open_ordinary_case",
            ),
            # Exactly one holder while open, none when closed (design §1.3, §3.3).
            models.CheckConstraint(
                name="open_case_has_a_holder",
                condition=Q(closed_at__isnull=True, holder__isnull=False)
                | Q(closed_at__isnull=False, holder__isnull=True),
            ),
            models.CheckConstraint(
                name="case_sensitivity_known",
                condition=Q(sensitivity__in=("ordinary", "protected", "sealed")),
            ),
        )
        indexes = (
            # the list of cases reads its fifty newest in this order and stops: of all, and of the open ones of a stage
            models.Index(fields=("-opened_at", "-id"), name="case_newest"),
            models.Index(
                fields=("stage", "-opened_at", "-id"),
                name="case_open_by_stage",
                condition=Q(closed_at__isnull=True),
            ),
            # sensitivity stands at the end: what a post holds is counted from the index alone
            models.Index(
                fields=("holder", "stage", "opened_at", "sensitivity"),
                name="case_held",
                condition=Q(closed_at__isnull=True),
            ),
            # the leaders' view counts the open cases by kelurahan and holder from this index alone
            models.Index(
                fields=("area_code", "holder", "sensitivity"),
                name="case_open_by_area",
                condition=Q(closed_at__isnull=True),
            ),
        )


class CaseTurn(models.Model):
    """Opened, closed, reopened: rows, never edits (design §3.3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="turns")
    turn = models.CharField(max_length=8)  # opened | closed | reopened
    at = models.DateTimeField()
    reason = models.CharField(max_length=32, blank=True)
    sealed = models.BinaryField(null=True, help_text="JSON: words, proof")
    contact = models.ForeignKey("reports.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "cases_turn"
        ordering = ("at", "id")


class HolderEntry(models.Model):
    """Who held the case, from when to when. At every minute of an open case exactly one is open."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holders")
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cases_holder_entry"
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(until__isnull=True), name="one_open_holder"
            ),
            models.CheckConstraint(
                name="holding_ends_not_before_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
            ),
        )


class StageEntry(models.Model):
    """A stage was entered (tahapan). Never edited; the newest row is the present stage."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stage_entries")
    stage = models.CharField(max_length=24)
    origin = models.CharField(max_length=24, blank=True)
    entered_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    rule_version = models.CharField(max_length=20)
    law = models.CharField(max_length=160)
    facts = models.JSONField(default=list, help_text="the needs that were met when it was entered")
    override = models.BooleanField(default=False)
    missing = models.JSONField(default=list, help_text="what was missing when it was overridden")
    sealed_reason = models.BinaryField(null=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when the head saw the override")
    seen_by = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "cases_stage_entry"
        ordering = ("entered_at", "id")
        indexes = (
            models.Index(
                fields=("entered_at",),
                name="override_unseen",
                condition=Q(override=True, seen_at__isnull=True),
            ),
        )


class Evidence(models.Model):
    """A dated statement that a need is met (informed_or_ground, first_health_look, tracing_result …)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=32)
    happened_on = models.DateField()
    sealed = models.BinaryField(help_text="JSON, shape by kind")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "cases_evidence"
        ordering = ("recorded_at", "id")


class Assessment(models.Model):
    """A biopsychosocial-spiritual assessment (asesmen), or an imported statement of need.

    The narrative, the Washington Group answers and the need flags are protected and stand sealed under the
    person's key. An imported assessment has no case.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="assessments")
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="assessments"
    )
    assessed_on = models.DateField()
    recorded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    sealed = models.BinaryField(null=True, help_text="JSON: domains, flags, washington, wish, strengths")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    batch_id = models.UUIDField(null=True)
    revision = models.PositiveIntegerField(default=1)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "cases_assessment"
        ordering = ("assessed_on", "recorded_at", "id")


class AssessedNeed(models.Model):
    """One SPM type named by a finished assessment, with the items the person needs; ``none`` names none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="needs")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    assessed_on = models.DateField()
    spm_type = models.CharField(max_length=4)  # S1 … S5 | none
    items = models.CharField(max_length=300, blank=True, help_text="item keys joined by ;, sorted")
    voided = models.BooleanField(default=False)

    class Meta:
        db_table = "cases_assessed_need"
        indexes = (models.Index(fields=("person", "assessed_on"), name="need_of_person"),)
        constraints = (
            models.CheckConstraint(
                name="need_type_known", condition=Q(spm_type__in=("S1", "S2", "S3", "S4", "S5", "none"))
            ),
            # An assessment that names a type names at least one item (design §3.4).
            models.CheckConstraint(
                name="need_names_items",
                condition=Q(spm_type="none", items="") | (~Q(spm_type="none") & ~Q(items="")),
            ),
            models.UniqueConstraint(
                fields=("person", "assessed_on", "spm_type"),
                condition=Q(case__isnull=True, voided=False),
                name="one_imported_need_per_day",
            ),
        )


class FunctioningRating(models.Model):
    """Social functioning, 0-4 in five domains; internal, not validated (practice.md §6)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ratings")
    moment = models.CharField(max_length=8)  # entry | exit | follow_up
    rated_on = models.DateField()
    sealed = models.BinaryField(help_text="JSON: domain -> 0..4, note")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "cases_functioning_rating"
        ordering = ("rated_on", "recorded_at", "id")


class PlanLine(models.Model):
    """One line of the service plan (rencana layanan)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plan_lines")
    item = models.CharField(max_length=40)
    agency = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField(null=True, blank=True)
    sealed = models.BinaryField(null=True, help_text="JSON: words, from_flag")
    added_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "cases_plan_line"
        ordering = ("added_at", "id")
        constraints = (
            models.CheckConstraint(
                name="dropped_line_has_a_reason",
                condition=Q(dropped_at__isnull=True) | ~Q(dropped_reason=""),
            ),
        )


class Goal(models.Model):
    """What the client and the agencies want to reach; met or not said at the end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="goals")
    sealed = models.BinaryField(help_text="JSON: words")
    added_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, blank=True)  # "" | met | not_met | dropped
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cases_goal"
        ordering = ("added_at", "id")


class CaseNote(models.Model):
    """A note in the case's own words; protected, sealed under the person's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    written_at = models.DateTimeField()
    sealed = models.BinaryField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "cases_note"
        ordering = ("written_at", "id")


class Visit(models.Model):
    """A visit or confirmation handed to a post (follow-up, an address, outreach after a refusal)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    contact = models.ForeignKey(
        "reports.Contact", null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    kind = models.CharField(max_length=16)  # follow_up | address | outreach
    owner = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    area_code = models.CharField(max_length=13, blank=True)
    due_on = models.DateField()
    after_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="7, 30, 90 or 180 days after the exit; None for any other visit"
    )
    asked_by = models.ForeignKey("directory.Post", **BY)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True)  # at_home | not_there | back_on_street | declined
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    sealed = models.BinaryField(null=True, help_text="JSON: asked words, five taps, note")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "cases_visit"
        ordering = ("due_on", "id")
        indexes = (
            models.Index(fields=("owner", "due_on"), name="visit_open", condition=Q(done_at__isnull=True)),
        )
        constraints = (
            models.CheckConstraint(
                name="visit_is_about_something", condition=Q(case__isnull=False) | Q(contact__isnull=False)
            ),
        )


class CaseJoin(models.Model):
    """A holder agrees that one of two open cases of one person ends and the other goes on (design §3.1). Added, never edited.

    The row that settles it, of the second holder or after two working days of the head, carries ``joined_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ends = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="joins_from")
    goes_on = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="joins_into")
    at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    as_head = models.BooleanField(default=False)
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cases_join"
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(name="join_of_two_cases", condition=~Q(ends=models.F("goes_on"))),
            models.UniqueConstraint(
                fields=("ends",), condition=Q(joined_at__isnull=False), name="a_case_ends_in_one"
            ),
        )


class SensitivityStep(models.Model):
    """A case was made more or less guarded: rows, never edits. Raising holds at once; lowering waits for a second person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sensitivity_steps")
    origin = models.CharField(max_length=10)
    target = models.CharField(max_length=10)
    sealed_reason = models.BinaryField(help_text="why, in words; under the person's key")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    asked_post = models.ForeignKey("directory.Post", **BY)
    outcome = models.CharField(max_length=8, default="waiting")  # waiting | done | refused
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    decided_post = models.ForeignKey("directory.Post", **BY)
    sealed_answer = models.BinaryField(null=True, help_text="words of the second person")

    class Meta:
        db_table = "cases_sensitivity_step"
        ordering = ("asked_at", "id")
        constraints = (
            # Four eyes, also against a mistake in the code above.
            models.CheckConstraint(
                name="lowered_by_a_second_person",
                condition=~Q(outcome="done")
                | Q(origin="ordinary")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("asked_by"))),
            ),
            models.CheckConstraint(name="sensitivity_step_changes", condition=~Q(origin=models.F("target"))),
            models.UniqueConstraint(
                fields=("case",), condition=Q(outcome="waiting"), name="one_waiting_step_per_case"
            ),
        )
