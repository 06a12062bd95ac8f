"""The event log and the receipts of client keys."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7


class Event(models.Model):
    """One act or one look, without personal data (house/security.md D.1). Never edited, never deleted.

    ``seq`` and ``hash`` are given in the act's transaction on SQLite (writers are serial anyway), and by the sequencer on
    PostgreSQL, so that hot writers do not queue behind one lock. ``hash`` is the one of ``domain.merkle`` at this place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seq = models.BigIntegerField(null=True, unique=True)
    at = models.DateTimeField()
    actor_pid = models.UUIDField(null=True)
    post_code = models.CharField(max_length=60, blank=True)
    agency = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=48)
    object_kind = models.CharField(max_length=16)
    object_pid = models.UUIDField(null=True)
    sensitivity = models.CharField(max_length=10, default="ordinary")
    purpose = models.CharField(max_length=24, blank=True)
    relation = models.CharField(max_length=16, blank=True)
    decision = models.CharField(max_length=8, default="allow")
    result = models.CharField(max_length=12, default="done")
    request_id = models.UUIDField(null=True)
    commit = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        db_table = "audit_event"
        indexes = (
            models.Index(fields=("object_pid", "at"), name="event_of_object"),
            models.Index(fields=("actor_pid", "at"), name="event_of_actor"),
            models.Index(fields=("at", "id"), name="event_unsequenced", condition=models.Q(seq__isnull=True)),
        )


class EventDetail(models.Model):
    """What was seen or changed, sealed under the subject's key; its salted hash stands in the event."""

    event = models.OneToOneField(Event, primary_key=True, on_delete=models.PROTECT, related_name="detail")
    subject_id = models.UUIDField()
    salt = models.BinaryField(max_length=32)
    sealed = models.BinaryField()

    class Meta:
        db_table = "audit_event_detail"
        indexes = (models.Index(fields=("subject_id",), name="detail_of_subject"),)


class Checkpoint(models.Model):
    """A signed size and root of the log (domain.notes). Never edited, never deleted."""

    size = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    note = models.TextField(help_text="the signed note, as witnesses get it")

    class Meta:
        db_table = "audit_checkpoint"


class Cosignature(models.Model):
    """A checkpoint that a witness outside the house saw and signed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    size = models.BigIntegerField()
    witness = models.CharField(max_length=120)
    at = models.DateTimeField(help_text="when it came in")
    note = models.TextField(help_text="the checkpoint with the log's and the witness's signature")

    class Meta:
        db_table = "audit_cosignature"
        constraints = (models.UniqueConstraint(fields=("witness", "size"), name="cosignature_once_per_size"),)


class Receipt(models.Model):
    """The answer that a client key got: the same key with the same content gets it again (design §3)."""

    key = models.UUIDField(primary_key=True)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    action = models.CharField(max_length=48)
    content_hash = models.BinaryField(max_length=32)
    answer = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "audit_receipt"
