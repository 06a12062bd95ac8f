"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class PatternsConfig(AppConfig):
    """A child met several times."""

    name = "rangkul.patterns"
    label = "patterns"
    default_auto_field = "django.db.models.BigAutoField"
