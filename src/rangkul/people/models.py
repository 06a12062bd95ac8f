"""Persons, identity claims, relations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from uuid_utils.compat import uuid7


class KnownPersons(models.Manager["Person"]):
    """Persons that the house knows of. Who is known through a sealed case only is in no list, count or comparison."""

    def get_queryset(self) -> QuerySet[Person]:
        """All others."""
        return super().get_queryset().filter(is_sealed=False)


class Person(models.Model):
    """A human being. Everything said about who this is stands in claims; the columns here are their summary.

    ``label`` is what lists show: an adult's name, or a street label. For a minor (an age range that starts below 18) it
    is always a label without the name: names of minors are protected and stand sealed in claims.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=12, unique=True)
    label = models.CharField(max_length=200)
    has_name = models.BooleanField(default=False)
    street_label = models.CharField(max_length=200, blank=True)
    sex = models.CharField(max_length=1, default="?")  # L, P or ? (not known), as Dukcapil writes
    born_from = models.DateField(null=True, blank=True, help_text="earliest birth date that fits the claims")
    born_to = models.DateField(null=True, blank=True, help_text="latest birth date that fits the claims")
    is_minor = models.BooleanField(default=False, help_text="age range started below 18 when last reckoned")
    identity_level = models.PositiveSmallIntegerField(default=0)
    citizen = models.CharField(max_length=5, blank=True)  # ya | tidak | "" not known
    origin_code = models.CharField(max_length=13, blank=True)
    person_key = models.CharField(max_length=100, null=True, blank=True, unique=True)
    is_sealed = models.BooleanField(
        default=False, db_default=False, help_text="known through a sealed case only, to its team alone"
    )
    sealed_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="of a sealed record: the ordinary record of the same person, which knows nothing of it",
    )
    registered_by = models.ForeignKey("directory.Post", null=True, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    died_on = models.DateField(null=True, blank=True)
    restricted_at = models.DateTimeField(
        null=True, blank=True, help_text="its processing stands restricted (people.restriction)"
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        db_index=False,
        help_text="the record that stands for this one: the end of the merges in force (derived from PersonMerge)",
    )
    erased_at = models.DateTimeField(null=True, blank=True, help_text="key destroyed, columns emptied")
    joined = models.BooleanField(
        default=False, db_default=False, help_text="one of several records of one person (derived)"
    )
    revision = models.PositiveIntegerField(
        default=1, help_text="counts changes; a writer names the one it saw"
    )

    objects = KnownPersons()
    every = models.Manager["Person"]()

    class Meta:
        db_table = "people_person"
        indexes = (
            models.Index(
                fields=("merged_into",), name="person_merged_into", condition=Q(merged_into__isnull=False)
            ),
            models.Index(Coalesce("merged_into", "id"), name="person_stands_for"),
            models.Index(fields=("id",), name="person_restricted", condition=Q(restricted_at__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(
                name="person_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(
                name="merged_person_is_joined", condition=Q(merged_into__isnull=True) | Q(joined=True)
            ),
            models.CheckConstraint(
                name="sealed_person_stands_alone",
                condition=Q(is_sealed=False, sealed_of__isnull=True)
                | Q(is_sealed=True, joined=False, merged_into__isnull=True),
            ),
            models.CheckConstraint(name="person_sex_known", condition=Q(sex__in=("L", "P", "?"))),
            models.CheckConstraint(name="person_level_0_to_4", condition=Q(identity_level__lte=4)),
            models.CheckConstraint(
                name="person_born_range",
                condition=Q(born_from__isnull=True)
                | Q(born_to__isnull=True)
                | Q(born_from__lte=F("born_to")),
            ),
        )


class IdentityClaim(models.Model):
    """One thing somebody said or showed about who a person is: sourced, dated, never edited (design §2).

    ``value`` holds ordinary content; NIK, phone and a minor's names stand only in ``sealed`` (under the person's
    key), with a truncated blind index where equality is asked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=300, blank=True)
    sealed = models.BinaryField(null=True)
    blind = models.BigIntegerField(null=True)
    source = models.CharField(max_length=24)  # stated, document, dukcapil, observed, relative, import …
    source_words = models.CharField(max_length=200, blank=True)
    confidence = models.CharField(max_length=10, default="stated")  # heard | stated | seen | verified
    claimed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    batch_id = models.UUIDField(null=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "people_identity_claim"
        ordering = ("claimed_on", "recorded_at")
        indexes = (
            models.Index(fields=("kind", "blind"), name="claim_blind", condition=Q(blind__isnull=False)),
        )


class IdentityTry(models.Model):
    """One try to find out who somebody is: by Dukcapil biometrics, photos, dialect. Added, never edited (practice.md S2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tries")
    way = models.CharField(max_length=12)  # domain.identity.WAYS
    result = models.CharField(max_length=32)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "people_identity_try"
        ordering = ("at", "id")


class Relation(models.Model):
    """How two persons belong together (mother of, sibling, companion …). Ended by date, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16)  # parent_of | guardian_of | sibling | spouse | companion | other
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relations_from")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relations_to")
    words = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "people_relation"
        constraints = (
            models.CheckConstraint(name="relation_of_two", condition=~Q(person=F("other"))),
            models.UniqueConstraint(
                fields=("kind", "person", "other"),
                condition=Q(ended_on__isnull=True),
                name="one_open_relation",
            ),
        )


class PersonMerge(models.Model):
    """Two records said to be one person: proposed by one, approved by another, undone with a reason. Never edited away.

    An approved row that is not undone is an edge ``left`` → ``into`` in force; ``Person.merged_into`` repeats where the
    edges end. What stands in either record stays there, so that an undo has nothing to put back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    left = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_from")
    into = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_into")
    low_id = models.UUIDField(help_text="the pair, whichever way round")
    high_id = models.UUIDField()
    sealed_reason = models.BinaryField(help_text="why, in words; under the kept record's key")
    sealed_preview = models.BinaryField(help_text="JSON: what the proposer was shown would follow")
    masked = models.BooleanField(default=False, help_text="proposed without seeing both sides by name")
    left_revision = models.PositiveIntegerField()
    into_revision = models.PositiveIntegerField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    proposed_post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=10, default="waiting")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sealed_answer = models.BinaryField(null=True, help_text="words of who decided")
    sealed_names = models.JSONField(
        default=list, help_text="claims that went under seal because the other record is a child's"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    undone_post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sealed_undo = models.BinaryField(null=True, help_text="why it was undone")

    class Meta:
        db_table = "people_merge"
        indexes = (
            models.Index(fields=("proposed_at",), name="merge_waiting", condition=Q(outcome="waiting")),
        )
        constraints = (
            models.CheckConstraint(name="merge_of_two", condition=Q(low_id__lt=F("high_id"))),
            models.CheckConstraint(
                name="merge_outcome_known",
                condition=Q(outcome__in=("waiting", "approved", "refused", "withdrawn", "overtaken")),
            ),
            # Four eyes, also against a mistake in the code above.
            models.CheckConstraint(
                name="merge_second_person",
                condition=~Q(outcome="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="merge_undone_after_approval",
                condition=Q(undone_at__isnull=True) | Q(outcome="approved"),
            ),
            models.UniqueConstraint(
                fields=("left",),
                condition=Q(outcome="approved", undone_at__isnull=True),
                name="one_merge_in_force_per_record",
            ),
            models.UniqueConstraint(
                fields=("low_id", "high_id"),
                condition=Q(outcome="waiting"),
                name="one_waiting_merge_per_pair",
            ),
        )
