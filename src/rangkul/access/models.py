"""Who may know of what, by subject id, so that every scope below the referrals can read it; single-use links."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class TeamSeat(models.Model):
    """A post that works on a subject (a case or a person) beside its holder."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField()
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "access_team_seat"
        constraints = (
            models.UniqueConstraint(
                fields=("subject_id", "post"), condition=Q(until__isnull=True), name="one_open_seat"
            ),
        )


class RateBucket(models.Model):
    """What is left of one public limit for one network (a digest) or for all; technical, so without audit events."""

    name = models.BinaryField(max_length=32, primary_key=True)
    limit = models.CharField(max_length=12)
    left = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        db_table = "access_rate_bucket"
        indexes = (models.Index(fields=("limit", "at"), name="rate_bucket_by_age"),)


class AccessLink(models.Model):
    """A single-use link by which somebody without an account answers one thing (``access.links``)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    purpose = models.CharField(max_length=32)  # trip.arrival, referral.answer …
    subject_id = models.UUIDField()
    made_by = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "access_link"
        indexes = (models.Index(fields=("subject_id",), name="link_of_subject"),)


class Grant(models.Model):
    """Leave for one receiver to see named parts of a subject (izin berbagi), for as long as it is open.

    The receiver is a post, an agency, one officer, or an institution without posts (by its code). ``about`` is the row
    that gave the leave: a referral, a consent. A referral's parts stand there, sealed; a consent's are made when they
    are read. A grant opens nothing else, and nothing once it is ended or its time is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField()
    post = models.ForeignKey("directory.Post", null=True, on_delete=models.PROTECT, related_name="+")
    receiver = models.CharField(max_length=40, blank=True)
    agency = models.ForeignKey("directory.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("directory.Member", null=True, on_delete=models.PROTECT, related_name="+")
    about_kind = models.CharField(max_length=16)
    about_id = models.UUIDField()
    parts = models.CharField(max_length=2000, help_text="part codes joined by ;")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="it opens nothing from then on")
    given_by = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "access_grant"
        constraints = (
            models.UniqueConstraint(
                fields=("about_kind", "about_id", "post"),
                condition=Q(until__isnull=True),
                name="one_open_grant",
            ),
            models.CheckConstraint(
                name="grant_has_a_receiver",
                condition=Q(post__isnull=False)
                | Q(agency__isnull=False)
                | Q(member__isnull=False)
                | ~Q(receiver=""),
            ),
        )
        indexes = (models.Index(fields=("subject_id",), name="grant_of_subject"),)


class Ticket(models.Model):
    """Leave to look at one case that the officer's post does not open, for minutes, in an emergency (akses darurat).

    Never edited, never deleted: what follows stands beside it (``TicketEnd``, ``TicketReview``), and the database refuses
    the rest (``audit.guards``). ``confirmed_by`` is the second officer of a desk that opens by two.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField(help_text="the case")
    person_id = models.UUIDField(help_text="whose key seals the reason")
    member = models.ForeignKey("directory.Member", on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=32)
    sealed_words = models.BinaryField()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        "directory.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "access_ticket"
        constraints = (
            models.CheckConstraint(name="ticket_ends", condition=Q(ends_at__gt=models.F("opened_at"))),
            models.CheckConstraint(
                name="ticket_of_two_people",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("member")),
            ),
        )
        indexes = (
            models.Index(fields=("member", "ends_at"), name="ticket_of_member"),
            models.Index(fields=("subject_id",), name="ticket_of_subject"),
        )


class TicketEnd(models.Model):
    """A ticket was closed before its time: by whoever opened it, by the holder, or by the data-protection officer."""

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="end")
    at = models.DateTimeField()
    member = models.ForeignKey("directory.Member", on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "access_ticket_end"


class TicketReview(models.Model):
    """What the data-protection officer found: justified, not justified, or needs a talk; with words. One per ticket."""

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=16)
    sealed_words = models.BinaryField()
    at = models.DateTimeField()
    member = models.ForeignKey("directory.Member", on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "access_ticket_review"


class DeskAsk(models.Model):
    """One officer of the desk for women and children asks to open a sealed case together with a second one.

    What was typed stands sealed under the row's own key and is looked up only when the second agrees. Which case was
    opened stands in the ticket; ``answer`` is ``opened``, ``nothing`` or ``refused``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey("directory.Member", on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=32)
    sealed = models.BinaryField(help_text="JSON: code, words")
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    answer = models.CharField(max_length=8, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "directory.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ticket = models.OneToOneField(Ticket, null=True, on_delete=models.PROTECT, related_name="ask")

    class Meta:
        db_table = "access_desk_ask"
        constraints = (
            models.CheckConstraint(
                name="desk_ask_of_two",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=models.F("member")),
            ),
            models.CheckConstraint(
                name="desk_ask_opened_with_ticket", condition=Q(ticket__isnull=True) | Q(answer="opened")
            ),
        )
        indexes = (models.Index(fields=("ends_at",), name="desk_ask_by_end"),)


class SealedSeat(models.Model):
    """A named reader of a sealed case: this member, in this post, and nobody else of it. Ended by date, never deleted.

    ``subject_id`` is the case, ``person_id`` its person: both are known to the team alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField()
    person_id = models.UUIDField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    sealed_reason = models.BinaryField(help_text="why this reader must know; under the person's key")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "access_sealed_seat"
        constraints = (
            models.UniqueConstraint(
                fields=("subject_id", "member"), condition=Q(until__isnull=True), name="one_open_sealed_seat"
            ),
        )
        indexes = (
            models.Index(fields=("subject_id",), name="sealed_seat_of_case"),
            models.Index(fields=("person_id",), name="sealed_seat_of_person"),
        )


class Exclusion(models.Model):
    """Who must not know of a person, whatever their role: a member, a post, or a whole agency. Ended by date, never deleted.

    It overrides every relation, in every scope, also for those who search, count, hand over, refer or compare.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField(help_text="the person; after a merge each of its records has its own row")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agency = models.ForeignKey(
        "directory.Agency", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    sealed_reason = models.BinaryField(help_text="why; under the person's key")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    made_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "access_exclusion"
        constraints = (
            models.CheckConstraint(
                name="exclusion_of_one",
                condition=Q(member__isnull=False, post__isnull=True, agency__isnull=True)
                | Q(member__isnull=True, post__isnull=False, agency__isnull=True)
                | Q(member__isnull=True, post__isnull=True, agency__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                fields=("subject_id",), name="exclusion_of_subject", condition=Q(until__isnull=True)
            ),
        )


class Consent(models.Model):
    """Leave to share items of one case with one receiver (izin berbagi), with who gave it, why, and until when.

    Never edited: its end before time is a row beside it. It opens nothing by itself; its ``Grant`` does. ``sealed`` holds
    the evidence in words, the order, why somebody does not decide alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField(help_text="the case")
    person_id = models.UUIDField(help_text="whose key seals it")
    agency = models.ForeignKey(
        "directory.Agency", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    member = models.ForeignKey(
        "directory.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    institution = models.CharField(max_length=40, blank=True)
    items = models.CharField(max_length=2000, help_text="item codes joined by ;")
    purpose = models.CharField(max_length=32)
    basis = models.CharField(max_length=24)
    given_by = models.CharField(max_length=16)
    guardian_suspect = models.BooleanField(default=False)
    sealed = models.BinaryField()
    evidence_file = models.UUIDField(null=True)
    since = models.DateTimeField()
    expires_at = models.DateTimeField()
    by_member = models.ForeignKey(
        "directory.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by_post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "access_consent"
        constraints = (
            models.CheckConstraint(name="consent_ends", condition=Q(expires_at__gt=models.F("since"))),
            models.CheckConstraint(
                name="consent_has_one_receiver",
                condition=(
                    Q(agency__isnull=False, post__isnull=True, member__isnull=True, institution="")
                    | Q(agency__isnull=True, post__isnull=False, member__isnull=True, institution="")
                    | Q(agency__isnull=True, post__isnull=True, member__isnull=False, institution="")
                    | (Q(agency__isnull=True, post__isnull=True, member__isnull=True) & ~Q(institution=""))
                ),
            ),
        )
        indexes = (
            models.Index(fields=("subject_id",), name="consent_of_subject"),
            models.Index(fields=("person_id",), name="consent_of_person"),
        )


class ConsentEnd(models.Model):
    """A leave was withdrawn: who asked, in sealed words. It works on the next request."""

    consent = models.OneToOneField(Consent, primary_key=True, on_delete=models.PROTECT, related_name="end")
    at = models.DateTimeField()
    asked_by = models.CharField(max_length=16)
    sealed_words = models.BinaryField()
    by_member = models.ForeignKey(
        "directory.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by_post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "access_consent_end"


class ConsentStop(models.Model):
    """After a leave was withdrawn, its receiver stopped using what it had (UU 27/2022 Ps. 40): who said so, in sealed words."""

    consent = models.OneToOneField(Consent, primary_key=True, on_delete=models.PROTECT, related_name="stop")
    at = models.DateTimeField()
    sealed_words = models.BinaryField()
    by_member = models.ForeignKey(
        "directory.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by_post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "access_consent_stop"
