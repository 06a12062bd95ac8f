"""Standing per person, year and SPM type; quality and budget; frozen periods."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

BY: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Standing(models.Model):
    """What the counting rules say of one person in one year and type (design §3.4), kept as facts change."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    spm_type = models.CharField(max_length=2)
    reason = models.CharField(max_length=8)  # assessed | carried
    needed = models.CharField(max_length=300)
    missing = models.CharField(max_length=300, blank=True)
    unproven = models.CharField(max_length=300, blank=True, help_text="items with a record but no proof")
    served = models.BooleanField(default=False)
    served_month = models.PositiveSmallIntegerField(null=True, blank=True)
    assessed_on = models.DateField()
    citizenship_unknown = models.BooleanField(default=False)

    class Meta:
        db_table = "indicators_standing"
        constraints = (models.UniqueConstraint(fields=("person", "year", "spm_type"), name="one_standing"),)
        indexes = (
            models.Index(
                fields=("year", "spm_type", "served", "assessed_on", "person"), name="standing_list"
            ),
        )


class OpenNeed(models.Model):
    """A need that an open case carries into every year from ``from_year`` on.

    The years before are all written out as ``Standing``; so a new year's figure is derived on reading, without a clock.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    spm_type = models.CharField(max_length=2)
    from_year = models.PositiveSmallIntegerField()
    needed = models.CharField(max_length=300, help_text="items of the newest assessment naming the type")
    assessed_on = models.DateField(help_text="newest assessment naming the type")
    citizenship_unknown = models.BooleanField(default=False)

    class Meta:
        db_table = "indicators_open_need"
        constraints = (models.UniqueConstraint(fields=("person", "spm_type"), name="one_open_need"),)
        indexes = (models.Index(fields=("spm_type", "assessed_on", "person"), name="open_need_list"),)


class Cell(models.Model):
    """How many persons stand where: the figure is a sum of a few hundred of these, whatever the city's size.

    ``month`` 0: in need, not served; 1-12: served in that month; ``CARRIED``: open needs that begin to be carried
    in this year. ``shard`` keeps writers of different database connections on different rows.
    """

    CARRIED = 13

    id = models.BigAutoField(primary_key=True)
    year = models.PositiveSmallIntegerField()
    spm_type = models.CharField(max_length=2)
    month = models.PositiveSmallIntegerField()
    shard = models.PositiveSmallIntegerField()
    persons = models.IntegerField()
    unknown = models.IntegerField(help_text="of these, citizenship not known")

    class Meta:
        db_table = "indicators_cell"
        constraints = (
            models.UniqueConstraint(fields=("year", "spm_type", "month", "shard"), name="one_cell"),
        )


class QualityRecord(models.Model):
    """Part B of the Kemendagri table: one quality indicator of one type in one year, with monthly fulfilment."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    year = models.PositiveSmallIntegerField()
    spm_type = models.CharField(max_length=2)
    part = models.CharField(max_length=2)  # B1 goods/services | B2 staff
    name = models.CharField(max_length=160)
    unit = models.CharField(max_length=40)
    needed = models.PositiveIntegerField()
    months = models.JSONField(default=list, help_text="twelve whole numbers")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "indicators_quality_record"
        ordering = ("spm_type", "part", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("year", "spm_type", "part", "name"),
                condition=Q(voided_at__isnull=True),
                name="one_quality_row",
            ),
        )


class BudgetRecord(models.Model):
    """Part C: allocation and monthly realisation of one type in one year, whole rupiah."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    year = models.PositiveSmallIntegerField()
    spm_type = models.CharField(max_length=2)
    allocation = models.BigIntegerField()
    months = models.JSONField(default=list, help_text="twelve whole rupiah amounts")
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "indicators_budget_record"
        constraints = (
            models.UniqueConstraint(
                fields=("year", "spm_type"), condition=Q(voided_at__isnull=True), name="one_budget_row"
            ),
        )


class FrozenPeriod(models.Model):
    """A published figure with everything it opens to; what changes later stands beside it, never inside."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    year = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    label = models.CharField(max_length=80)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey("directory.Post", **BY)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    figure = models.JSONField(help_text="the answer of spm --format json, with quality and budget rows")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 over figure and persons")

    class Meta:
        db_table = "indicators_frozen_period"
        ordering = ("-frozen_at",)


class FrozenPerson(models.Model):
    """One person in a frozen figure, with the dated proofs it stood on."""

    id = models.BigAutoField(primary_key=True)
    period = models.ForeignKey(FrozenPeriod, on_delete=models.PROTECT, related_name="persons")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    spm_type = models.CharField(max_length=2)
    served = models.BooleanField()
    served_month = models.PositiveSmallIntegerField(null=True)
    needed = models.CharField(max_length=300)
    missing = models.CharField(max_length=300, blank=True)
    unproven = models.CharField(max_length=300, blank=True)
    assessed_on = models.DateField()
    reason = models.CharField(max_length=8)
    citizenship_unknown = models.BooleanField(default=False)
    proofs = models.JSONField(
        default=dict, help_text="item -> [[service record id, given_on, proof words], …]"
    )

    class Meta:
        db_table = "indicators_frozen_person"
        constraints = (
            models.UniqueConstraint(fields=("period", "spm_type", "person"), name="once_in_a_frozen_figure"),
        )
