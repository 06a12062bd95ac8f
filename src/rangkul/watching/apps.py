"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class WatchingConfig(AppConfig):
    """Who looked, and why; alarms from the trail, judged by the data-protection officer."""

    name = "rangkul.watching"
    label = "watching"
    default_auto_field = "django.db.models.BigAutoField"
