"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Name keys and the memory of pairs that are not the same person."""

    name = "rangkul.matching"
    label = "matching"
    default_auto_field = "django.db.models.BigAutoField"
