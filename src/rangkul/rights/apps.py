"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """What a person may ask about their own data, and what the city owes."""

    name = "rangkul.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"
