"""Hand-overs (serah terima): who offers whom to whom, the belongings that pass, and acceptance outside the city."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+", "db_index": False}
ABOUT: dict[str, Any] = {"blank": True, "on_delete": models.PROTECT}
_WAITING = Q(state="waiting")
_ONE_SUBJECT = Q(case__isnull=False, contact__isnull=True) | Q(case__isnull=True, contact__isnull=False)


class HandOver(models.Model):
    """One offer of a case (its holder changes on acceptance) or of a person whom a team brings (a contact).

    What was said stands sealed under the person's key, for a contact under the contact's. The PIN and the QR that
    the sender shows are kept as digests and live for minutes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", related_name="hand_overs", null=True, **ABOUT)
    contact = models.ForeignKey("reports.Contact", related_name="hand_overs", null=True, **ABOUT)
    giver = models.ForeignKey("directory.Post", **BY)
    giver_member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **BY)
    taker = models.ForeignKey("directory.Post", **BY)
    offered_at = models.DateTimeField()
    stays_on = models.BooleanField(default=False, help_text="the giver goes on working beside the new holder")
    sealed = models.BinaryField(help_text="JSON: notes by field group, documents, place")
    state = models.CharField(max_length=10, default="waiting")  # waiting | accepted | refused | withdrawn
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **BY)
    answered_post = models.ForeignKey("directory.Post", null=True, **BY)
    way = models.CharField(max_length=6, blank=True)  # button | qr | pin, when accepted
    reason = models.CharField(max_length=32, blank=True, help_text="why it was refused")
    next_post = models.ForeignKey("directory.Post", null=True, **BY)
    sealed_answer = models.BinaryField(null=True, help_text="JSON: words, absent, witnesses, next")
    token_digest = models.BinaryField(max_length=32, null=True)
    pin_digest = models.BigIntegerField(null=True)
    pin_tries = models.PositiveSmallIntegerField(default=0)
    code_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "referrals_hand_over"
        ordering = ("offered_at", "id")
        indexes = (
            models.Index(fields=("taker",), name="hand_over_waits_for", condition=_WAITING),
            models.Index(fields=("giver", "state"), name="hand_over_of_giver"),
            models.Index(fields=("offered_at",), name="hand_over_offered"),
        )
        constraints = (
            models.CheckConstraint(name="hand_over_is_about_one", condition=_ONE_SUBJECT),
            models.UniqueConstraint(fields=("case",), condition=_WAITING, name="one_waiting_of_a_case"),
            models.UniqueConstraint(fields=("contact",), condition=_WAITING, name="one_waiting_of_a_contact"),
            models.CheckConstraint(name="hand_over_between_two", condition=~Q(giver=F("taker"))),
            models.CheckConstraint(
                name="hand_over_answered_or_waiting",
                condition=Q(state="waiting", answered_at__isnull=True)
                | Q(state__in=("accepted", "refused", "withdrawn"), answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="refusal_has_a_reason", condition=~Q(state="refused") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="acceptance_has_a_way",
                condition=~Q(state="accepted") | Q(way__in=("button", "qr", "pin")),
            ),
        )


class Belonging(models.Model):
    """One thing that belongs to the person and is kept by an agency until it is given back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", related_name="belongings", null=True, **ABOUT)
    contact = models.ForeignKey("reports.Contact", related_name="belongings", null=True, **ABOUT)
    sealed = models.BinaryField(help_text="JSON: words")
    listed_at = models.DateTimeField()
    listed_by = models.ForeignKey("directory.Post", null=True, **BY)
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True)  # returned | to_family | to_police | lost
    settled_by = models.ForeignKey("directory.Post", null=True, **BY)
    settled_member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **BY)
    sealed_settling = models.BinaryField(null=True, help_text="JSON: words on to whom and how")

    class Meta:
        db_table = "referrals_belonging"
        ordering = ("listed_at", "id")
        constraints = (
            models.CheckConstraint(name="belonging_is_about_one", condition=_ONE_SUBJECT),
            models.CheckConstraint(
                name="settled_belonging_has_an_outcome",
                condition=Q(settled_at__isnull=True, outcome="")
                | Q(settled_at__isnull=False, outcome__in=("returned", "to_family", "to_police", "lost")),
            ),
        )


class HandedItem(models.Model):
    """A belonging that was on the list of a hand-over; ``present`` is what the receiver found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="items")
    belonging = models.ForeignKey(Belonging, on_delete=models.PROTECT, related_name="handed")
    present = models.BooleanField(null=True)

    class Meta:
        db_table = "referrals_handed_item"
        constraints = (
            models.UniqueConstraint(fields=("hand_over", "belonging"), name="a_thing_once_per_hand_over"),
        )


class OutsideAcceptance(models.Model):
    """A body outside the city accepted in writing: the proof for closing, never a holder (design §3.2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="outside_acceptances")
    body = models.CharField(max_length=160)
    letter_number = models.CharField(max_length=80)
    accepted_at = models.DateTimeField()
    sealed = models.BinaryField(help_text="JSON: name of who accepted, words")
    file_id = models.UUIDField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **BY)
    post = models.ForeignKey("directory.Post", null=True, **BY)

    class Meta:
        db_table = "referrals_outside_acceptance"
        ordering = ("accepted_at", "id")
        constraints = (
            models.CheckConstraint(
                name="outside_acceptance_is_written", condition=~Q(letter_number="") & ~Q(body="")
            ),
        )
