"""Notices, where they may go, and what waits to be sent. No row holds words about a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class Notice(models.Model):
    """One thing that one member is told in one post: a code of ``notices.csv`` and the way to what it is about."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey("directory.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    post = models.ForeignKey("directory.Post", on_delete=models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    page = models.CharField(max_length=40)
    arg = models.CharField(max_length=40, blank=True)
    safety = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True, help_text="when it was handed to the channels")

    class Meta:
        db_table = "notices_notice"
        indexes: ClassVar = [
            models.Index(fields=("member", "-at"), name="notice_of_member"),
            models.Index(fields=("member",), name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=("at",), name="notice_to_queue", condition=Q(queued_at__isnull=True)),
        ]


class Preference(models.Model):
    """How one member wants to be told beside the list in the app. Without a row: only there."""

    member = models.OneToOneField(
        "directory.Member", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    email = models.EmailField(max_length=160, blank=True)
    by_email = models.BooleanField(default=False)
    by_push = models.BooleanField(default=False)
    digest = models.BooleanField(
        default=True, help_text="one e-mail a day instead of one each; never for safety"
    )

    class Meta:
        db_table = "notices_preference"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="email_asked_has_address", condition=Q(by_email=False) | ~Q(email="")
            ),
        ]


class Subscription(models.Model):
    """A browser of a member that takes Web Push."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey("directory.Member", on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    gone_at = models.DateTimeField(
        null=True, blank=True, help_text="the browser's service no longer knows it"
    )

    class Meta:
        db_table = "notices_subscription"


class Outgoing(models.Model):
    """One message that waits for its channel. It stays until it is sent; nothing is lost while a server is down."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey("directory.Member", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8)
    subscription = models.ForeignKey(
        Subscription, null=True, on_delete=models.CASCADE, related_name="outgoing"
    )
    subject = models.CharField(max_length=160)
    body = models.TextField()
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "notices_outgoing"
        indexes: ClassVar = [
            models.Index(
                fields=("next_try_at",),
                name="outgoing_waiting",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
        ]
