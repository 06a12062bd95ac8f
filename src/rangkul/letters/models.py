"""Letters, the posts they pass, and the counters of their numbers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Counter(models.Model):
    """The last number given to one type of letter of one unit in one year. Locked while a letter is issued."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    unit = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "letters_counter"
        constraints = (
            models.UniqueConstraint(fields=("kind", "unit", "year"), name="one_counter_per_kind_unit_year"),
        )


class Letter(models.Model):
    """One letter (surat), from draft to issue. From its issue on nothing but ``state`` moves, and that only to void.

    ``sealed`` holds what was typed, under the key of the person it is about, or under its own. ``waiting`` repeats the
    post of the open step, so that lists need no sub-query. ``digest`` is a salted hash over everything it says.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    unit = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default="draft")
    sensitivity = models.CharField(max_length=10, default="ordinary")
    secrecy = models.CharField(max_length=20)
    about_kind = models.CharField(max_length=16, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    subject_id = models.UUIDField(help_text="whose key seals it")
    sealed = models.BinaryField(help_text="JSON: content by gap, salt")
    drafted_at = models.DateTimeField()
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.ForeignKey("directory.Post", null=True, on_delete=models.PROTECT, related_name="+")
    waiting = models.ForeignKey(
        "directory.Post", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    waiting_since = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    # What its issue gives.
    code = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001 - unique, and none before its issue
    number = models.CharField(max_length=80, blank=True)
    ordinal = models.PositiveIntegerField(null=True, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    signer_post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    file_id = models.UUIDField(null=True, blank=True)
    digest = models.BinaryField(max_length=32, null=True)
    # How it ended.
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "letters_letter"
        indexes = (
            models.Index(fields=("unit", "state", "drafted_at"), name="letter_of_unit"),
            models.Index(fields=("about_id",), name="letter_about"),
        )
        constraints = (
            models.CheckConstraint(
                name="letter_state_known", condition=Q(state__in=("draft", "paraf", "sign", "issued", "void"))
            ),
            models.CheckConstraint(
                name="letter_sensitivity_known", condition=Q(sensitivity__in=("ordinary", "protected"))
            ),
            models.UniqueConstraint(
                fields=("kind", "unit", "year", "ordinal"),
                condition=Q(ordinal__isnull=False),
                name="letter_number_once",
            ),
            models.UniqueConstraint(
                fields=("number",), condition=~Q(number=""), name="letter_number_printed_once"
            ),
            # A number is taken at the issue and never before; an issued letter has all that its issue gives.
            models.CheckConstraint(
                name="letter_number_with_issue",
                condition=Q(issued_at__isnull=True, ordinal__isnull=True, number="", digest__isnull=True)
                | Q(
                    issued_at__isnull=False,
                    ordinal__isnull=False,
                    year__isnull=False,
                    code__isnull=False,
                    digest__isnull=False,
                    file_id__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="letter_issued_state",
                condition=~Q(state="issued") | Q(issued_at__isnull=False, voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="letter_void_has_a_reason",
                condition=Q(state="void", voided_at__isnull=False) & ~Q(void_reason="")
                | ~Q(state="void") & Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="letter_waits_for_a_post",
                condition=Q(state__in=("paraf", "sign"), waiting__isnull=False)
                | ~Q(state__in=("paraf", "sign")) & Q(waiting__isnull=True),
            ),
        )


class LetterStep(models.Model):
    """One duty of one post on the way of a letter; a letter that was returned begins a new round."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="steps")
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    duty = models.CharField(max_length=5)  # paraf | sign
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, blank=True)  # "" | done | returned | dropped
    done_at = models.DateTimeField(null=True, blank=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    acted_post = models.ForeignKey("directory.Post", **BY)
    sealed_words = models.BinaryField(null=True, help_text="JSON: why it was returned")

    class Meta:
        db_table = "letters_step"
        ordering = ("round", "position")
        constraints = (
            models.UniqueConstraint(fields=("letter", "round", "position"), name="one_step_per_place"),
            models.CheckConstraint(
                name="step_outcome_known", condition=Q(outcome__in=("", "done", "returned", "dropped"))
            ),
        )
