"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Workshops, coordination meetings and case conferences, with their action items."""

    name = "rangkul.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"
