"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may: team seats, guards, and the permission table compiled to SQL scopes."""

    name = "rangkul.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
