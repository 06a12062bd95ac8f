"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What someone saw, who was sent, and the contact that followed."""

    name = "rangkul.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
