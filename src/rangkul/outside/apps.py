"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class OutsideConfig(AppConfig):
    """News from outside: police, court, LPSK."""

    name = "rangkul.outside"
    label = "outside"
    default_auto_field = "django.db.models.BigAutoField"
