"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    """Somebody looks for somebody."""

    name = "rangkul.inquiries"
    label = "inquiries"
    default_auto_field = "django.db.models.BigAutoField"
