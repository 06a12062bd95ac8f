"""Who looks for whom, whom it may be, what was said out loud, who claims a child."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Inquiry(models.Model):
    """Somebody looks for somebody (pencarian). Everything that was said stands sealed under the inquiry's own key.

    The post that took it down sees what was said to it, and never what was found.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code_digest = models.BinaryField(max_length=32, unique=True)
    channel = models.CharField(max_length=8)
    received_at = models.DateTimeField()
    post = models.ForeignKey("directory.Post", **BY)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    sealed = models.BinaryField(
        help_text="JSON: inquirer {name, relation, proof, purpose, phone}, sought, code"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=16, blank=True)  # withdrawn | answered | old

    class Meta:
        db_table = "inquiries_inquiry"
        ordering = ("-received_at",)
        indexes = (
            models.Index(fields=("received_at",), name="inquiry_open", condition=Q(closed_at__isnull=True)),
        )


class InquiryMatch(models.Model):
    """An inquiry and a person that may be the one. Known to ``holder`` (and, for a child, Unit PPA) and to nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="matches")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+")
    probability = models.FloatField()
    found_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    answer = models.CharField(max_length=8, blank=True)
    sealed_answer = models.BinaryField(null=True, help_text="JSON: words; under the person's key")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("directory.Post", **BY)
    ppa_at = models.DateTimeField(null=True, blank=True)
    ppa_by = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "inquiries_match"
        constraints = (
            models.UniqueConstraint(fields=("inquiry", "person"), name="one_match_of_a_pair"),
            models.CheckConstraint(
                name="match_probability", condition=Q(probability__gte=0) & Q(probability__lte=1)
            ),
        )
        indexes = (
            models.Index(fields=("holder", "found_at"), name="match_to_answer", condition=~Q(state="ended")),
        )


class DuePerson(models.Model):
    """A person whose facts changed and who was not yet held beside the open inquiries. Emptied by the clock."""

    person_id = models.UUIDField(primary_key=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "inquiries_due"


class TracingText(models.Model):
    """Words that may be said out loud to find somebody's family: without name or face, approved by a second person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=400)
    contact = models.CharField(max_length=120, help_text="whom to call: a post and its number")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("directory.Post", **BY)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("directory.Post", **BY)
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    expires_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "inquiries_tracing_text"
        ordering = ("-written_at",)
        constraints = (
            models.CheckConstraint(
                name="tracing_by_two", condition=Q(approver__isnull=True) | ~Q(approver=F("member"))
            ),
        )


class ChildClaim(models.Model):
    """Somebody says a child is theirs. Proofs stand sealed under the child's key; without all of them nothing is released."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(help_text="JSON: name, relation, identity, second, reaction")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("directory.Post", **BY)
    ppa_at = models.DateTimeField(null=True, blank=True)
    ppa_by = models.ForeignKey("directory.Post", **BY)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey("directory.Post", **BY)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "inquiries_child_claim"
        ordering = ("-made_at",)
        constraints = (
            # No child leaves without the word of Unit PPA, whatever a program does.
            models.CheckConstraint(
                name="child_released_with_ppa",
                condition=Q(released_at__isnull=True) | Q(ppa_at__isnull=False),
            ),
        )
