"""Contacts and reports that are about an erased person alone go with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from rangkul.reports.models import Contact, Report
from rangkul.vault.sealing import ERASED


def parts_of_persons(ids: Collection[UUID]) -> Iterable[UUID]:
    """Their contacts; and reports that led to nobody else."""
    contacts = Contact.objects.filter(person__in=list(ids))
    somebody_else = Contact.objects.filter(report=OuterRef("pk")).filter(
        Q(person__isnull=True) | ~Q(person__in=list(ids))
    )
    reports = Report.objects.filter(pk__in=contacts.values("report")).exclude(Exists(somebody_else))
    return [*contacts.values_list("pk", flat=True), *reports.values_list("pk", flat=True)]


def blank_places(ids: Collection[UUID], at: datetime) -> None:  # noqa: ARG001 - every one of these is asked alike
    """Where exactly somebody was met is about them; the kelurahan stays for the figures."""
    Contact.objects.filter(pk__in=list(ids)).update(place_words="", latitude=None, longitude=None)
    Report.objects.filter(pk__in=list(ids)).update(place_words=ERASED, has_phone=False)
