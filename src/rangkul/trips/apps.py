"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class TripsConfig(AppConfig):
    """Returns home with legs and confirmed arrival; deaths in care."""

    name = "rangkul.trips"
    label = "trips"
    default_auto_field = "django.db.models.BigAutoField"
