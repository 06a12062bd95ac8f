"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The event log: append only, chained, written in the transaction of the act; receipts of client keys."""

    name = "rangkul.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
