"""Returns home with their legs, answers and costs; deaths with their steps; people met again after an exit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}
OPEN_STATES = ("planned", "under_way", "held_up", "tracing")


class Trip(models.Model):
    """One return of one person (pemulangan), planned from a case. The case's holder stays its holder throughout.

    ``eta_at`` repeats the expected arrival of the leg that runs, for the alarm and for lists.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="trips")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="trips")
    state = models.CharField(max_length=12, default="planned")
    receiver = models.CharField(max_length=8)  # agency | family
    receiver_agency = models.ForeignKey("directory.Agency", **BY)
    destination_code = models.CharField(max_length=13, blank=True, help_text="Kemendagri code, where listed")
    destination = models.CharField(max_length=120, help_text="regency or kelurahan, in words")
    relay = models.CharField(max_length=40, blank=True)
    wish = models.CharField(max_length=16, blank=True)
    police_letter = models.CharField(max_length=80, blank=True)
    sealed = models.BinaryField(help_text="JSON: address, receiver's name, wish words, conditions, where now")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey("directory.Post", **BY)
    departed_at = models.DateTimeField(null=True, blank=True)
    eta_at = models.DateTimeField(null=True, blank=True)
    departed_alone = models.BooleanField(
        default=False, help_text="left without escort although the rule asks one"
    )
    vulnerable = models.CharField(
        max_length=80, blank=True, help_text="reasons of the escort rule at departure"
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_via = models.CharField(max_length=10, blank=True)
    confirmed_by = models.ForeignKey("directory.Post", **BY)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    services_at = models.DateTimeField(null=True, blank=True, help_text="when its services were recorded")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "trips_trip"
        ordering = ("planned_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(state__in=OPEN_STATES), name="one_open_trip_of_a_case"
            ),
            # A return is counted at arrival, by the receiver's word (design §1.5).
            models.CheckConstraint(
                name="arrived_trip_is_confirmed",
                condition=~Q(state="arrived")
                | Q(arrived_at__isnull=False, confirmed_at__isnull=False, departed_at__isnull=False)
                & ~Q(confirmed_via=""),
            ),
            models.CheckConstraint(
                name="trip_agency_is_named",
                condition=~Q(receiver="agency") | Q(receiver_agency__isnull=False),
            ),
            models.CheckConstraint(
                name="cancelled_trip_has_a_reason", condition=~Q(state="cancelled") | ~Q(cancel_reason="")
            ),
        )
        indexes = (
            models.Index(fields=("state", "eta_at"), name="trip_by_state"),
            models.Index(fields=("departed_at",), name="trip_by_departure"),
            models.Index(fields=("person",), name="trip_of_person"),
        )


class Leg(models.Model):
    """One stretch of a trip (ruas), from one hand to the next. A cancelled one stays; its replacement is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="legs")
    order = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default="planned")
    origin = models.CharField(max_length=120)
    target = models.CharField(max_length=120)
    target_agency = models.ForeignKey("directory.Agency", **BY)
    carrier = models.CharField(max_length=80, blank=True)
    ticket = models.CharField(max_length=40, blank=True)
    fare = models.PositiveIntegerField(default=0, help_text="whole rupiah, paid to the carrier")
    departs_at = models.DateTimeField(null=True, blank=True)
    eta_at = models.DateTimeField(null=True, blank=True)
    escort = models.CharField(max_length=8, default="alone")  # alone | post | person
    escort_post = models.ForeignKey("directory.Post", **BY)
    sealed = models.BinaryField(null=True, help_text="JSON: the escort's name, who received, what went wrong")
    departed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_via = models.CharField(max_length=10, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "trips_leg"
        ordering = ("order", "id")
        constraints = (
            models.UniqueConstraint(fields=("trip",), condition=Q(state="running"), name="one_running_leg"),
            models.CheckConstraint(
                name="leg_arrives_after_it_departs", condition=Q(eta_at__gt=F("departs_at"))
            ),
            models.CheckConstraint(
                name="leg_escort_post_named", condition=~Q(escort="post") | Q(escort_post__isnull=False)
            ),
        )


class ReceiverAnswer(models.Model):
    """What the receiver said before departure, in their words: who, when, by which channel. The newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=8)  # accepts | declines
    channel = models.CharField(max_length=10)
    answered_at = models.DateTimeField()
    sealed = models.BinaryField(help_text="JSON: who, words")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "trips_answer"
        ordering = ("recorded_at", "id")


class TripException(models.Model):
    """Asked with a reason, decided by the head of the section; who asks does not decide."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="exceptions")
    kind = models.CharField(max_length=16)  # identity | police_letter | escort
    sealed_reason = models.BinaryField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("directory.Post", **BY)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("directory.Post", **BY)
    approved = models.BooleanField(null=True)
    decision_words = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "trips_exception"
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("trip", "kind"),
                condition=Q(decided_at__isnull=True),
                name="one_waiting_exception_of_a_kind",
            ),
        )


class TripCost(models.Model):
    """What a trip cost beside its tickets: paid to somebody who gave a receipt."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="costs")
    words = models.CharField(max_length=120)
    receipt = models.CharField(max_length=80)
    amount = models.PositiveIntegerField(help_text="whole rupiah")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)

    class Meta:
        db_table = "trips_cost"
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(name="cost_has_a_receipt", condition=~Q(receipt="") & Q(amount__gt=0)),
        )


class Death(models.Model):
    """A death in care. Its path are rows of steps; the case's holder stays until burial or claim."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="death")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    died_on = models.DateField()
    settled_on = models.DateField(null=True, blank=True, help_text="buried, or claimed by the family")
    settled_by = models.CharField(max_length=12, blank=True)  # burial | claim
    identified = models.BooleanField(default=False)
    published_until = models.DateField(null=True, blank=True)
    sealed = models.BinaryField(help_text="JSON: where, how it was found")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "trips_death"
        indexes = (models.Index(fields=("died_on",), name="death_by_day"),)
        constraints = (
            models.CheckConstraint(
                name="death_settled_as_a_whole",
                condition=Q(settled_on__isnull=True, settled_by="")
                | (Q(settled_on__isnull=False) & ~Q(settled_by="")),
            ),
        )


class DeathStep(models.Model):
    """One step of the path: police, visum, identification, publication, claim, burial, later claim."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    death = models.ForeignKey(Death, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=16)
    happened_on = models.DateField()
    sealed = models.BinaryField(help_text="JSON: who, number, result, place, words")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    post = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "trips_death_step"
        ordering = ("recorded_at", "id")


class Sighting(models.Model):
    """Somebody was met on the street again after the exit: the case manager hears, without blame."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="sightings")
    contact = models.ForeignKey("reports.Contact", on_delete=models.PROTECT, related_name="+")
    met_at = models.DateTimeField()
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey("directory.Post", **BY)

    class Meta:
        db_table = "trips_sighting"
        ordering = ("met_at", "id")
        constraints = (models.UniqueConstraint(fields=("case", "contact"), name="one_sighting_of_a_contact"),)
        indexes = (models.Index(fields=("case",), name="sighting_unseen", condition=Q(seen_at__isnull=True)),)
