"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class StaysConfig(AppConfig):
    """Nights in the city shelter: bed, roll-call, extension, leaving."""

    name = "rangkul.stays"
    label = "stays"
    default_auto_field = "django.db.models.BigAutoField"
