"""Reports, their steps, team shifts, and contacts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class Report(models.Model):
    """What someone saw (laporan); no account needed. Words and phone are sealed under the report's own key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code_digest = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the tracking code")
    channel = models.CharField(max_length=16, default="web")
    received_at = models.DateTimeField()
    area_code = models.CharField(max_length=13, blank=True)
    outside_code = models.CharField(max_length=13, blank=True, help_text="regency, when not in the city")
    place_words = models.CharField(max_length=200)
    still_there = models.CharField(max_length=8, default="unknown")  # yes | moved | unknown
    urgent = models.BooleanField(default=False)
    sealed = models.BinaryField(help_text="JSON: words, phone, tracking_code")
    has_phone = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="received")
    joined_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="joined"
    )
    team = models.ForeignKey(
        "directory.Post", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "reports_report"
        indexes = (
            models.Index(
                fields=("state", "received_at"), name="report_open", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=("area_code", "received_at"), name="report_nearby"),
            models.Index(
                fields=("team", "received_at"), name="report_of_team", condition=Q(closed_at__isnull=True)
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="report_has_a_place", condition=~Q(area_code="") | ~Q(outside_code="")
            ),
        )


class ReportStep(models.Model):
    """One thing that happened to a report. Added, never edited; the newest gives the state."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=16)
    at = models.DateTimeField()
    post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sealed = models.BinaryField(null=True, help_text="JSON: note (from the reporter or an officer)")

    class Meta:
        db_table = "reports_report_step"
        ordering = ("at", "id")


class Shift(models.Model):
    """A team on duty (roster): lets it open contacts of its own, and the desk see whom to send."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "reports_shift"
        constraints = (
            models.CheckConstraint(
                name="shift_ends_after_it_begins", condition=Q(ends_at__gt=models.F("starts_at"))
            ),
        )


class Contact(models.Model):
    """A team met a person (kontak lapangan). Sex, age range, place and decision are all it needs.

    The gate's answers, what was seen, the rights record and the refusal stand sealed under the contact's own
    key: they can speak of violence or illness.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts"
    )
    person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="contacts"
    )
    number = models.PositiveIntegerField(null=True, help_text="kontak ke-n of this person")
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    trigger = models.CharField(max_length=16)
    met_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    area_code = models.CharField(max_length=13, blank=True)
    outside_code = models.CharField(max_length=13, blank=True)
    place_words = models.CharField(max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    sex = models.CharField(max_length=1)
    age_low = models.PositiveSmallIntegerField(null=True, blank=True)
    age_high = models.PositiveSmallIntegerField(null=True, blank=True)
    category = models.CharField(max_length=32, blank=True)
    ground = models.CharField(max_length=40)
    voluntary = models.CharField(max_length=7)  # yes | no | unknown
    decision = models.CharField(max_length=24)
    gate_answered = models.BooleanField(default=False)
    transported = models.BooleanField(default=False)
    rights_recorded = models.BooleanField(default=False)
    sealed = models.BinaryField(help_text="JSON: gate, seen, rights, refusal, label_parts")
    sensitivity = models.CharField(max_length=10, default="ordinary")  # protected: a minor, violence, health
    restricted = models.BooleanField(
        default=False, help_text="violence: only its team and whom the gate led it to (S4)"
    )
    next_visit_on = models.DateField(null=True, blank=True)
    visited_at = models.DateTimeField(null=True, blank=True, help_text="when the promised visit was answered")
    inbox = models.CharField(max_length=8, default="none")  # none | waiting | taken | noted
    inbox_since = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "reports_contact"
        indexes = (
            models.Index(fields=("person", "met_at"), name="contact_of_person"),
            models.Index(fields=("post", "met_at"), name="contact_of_post"),
            models.Index(fields=("inbox", "inbox_since"), name="contact_inbox", condition=Q(inbox="waiting")),
            models.Index(fields=("area_code", "met_at"), name="contact_of_area"),
            # who was brought to the shelter and has no bed yet: few decisions, among all that were ever made
            models.Index(fields=("decision", "met_at"), name="contact_decided"),
        )
        constraints = (
            models.CheckConstraint(name="contact_sex_known", condition=Q(sex__in=("L", "P", "?"))),
            models.CheckConstraint(
                name="contact_has_a_place", condition=~Q(area_code="") | ~Q(outside_code="")
            ),
        )
