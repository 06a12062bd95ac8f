"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class MandatesConfig(AppConfig):
    """Duties of agencies."""

    name = "rangkul.mandates"
    label = "mandates"
    default_auto_field = "django.db.models.BigAutoField"
