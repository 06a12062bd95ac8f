"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """Due dates of cases as rows that follow events."""

    name = "rangkul.deadlines"
    label = "deadlines"
    default_auto_field = "django.db.models.BigAutoField"
