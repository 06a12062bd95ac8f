"""Services given."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class ServiceRecord(models.Model):
    """One service given to one person (layanan diberikan): what, how much, when, by whom, with which proof.

    An empty ``proof`` and no proof file means: no proof; kept, not counted. Voided by marking the row, never deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="services")
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    plan_line = models.ForeignKey(
        "cases.PlanLine", null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    item = models.CharField(max_length=40)
    given_on = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=40)
    agency = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+", db_index=False)
    setting = models.CharField(max_length=11, default="luar_panti")
    proof = models.CharField(max_length=200, blank=True)
    proof_file_id = models.UUIDField(null=True, blank=True)
    roll_call_id = models.UUIDField(
        null=True, blank=True, help_text="the signed roll-call that wrote this meal"
    )
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.ForeignKey(
        "directory.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    batch_id = models.UUIDField(null=True)
    content_key = models.BinaryField(
        max_length=16, null=True, help_text="digest of an imported row's columns"
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "services_service_record"
        indexes = (
            models.Index(fields=("person", "given_on"), name="service_of_person"),
            models.Index(
                fields=("content_key",), name="service_content", condition=Q(content_key__isnull=False)
            ),
        )
        constraints = (
            models.CheckConstraint(name="service_quantity_positive", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="service_setting_known", condition=Q(setting__in=("luar_panti", "panti"))
            ),
            models.CheckConstraint(
                name="void_has_a_reason", condition=Q(voided_at__isnull=True) | ~Q(void_reason="")
            ),
        )
