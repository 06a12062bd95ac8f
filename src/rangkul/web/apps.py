"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Face 1: pages."""

    name = "rangkul.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
