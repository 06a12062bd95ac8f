"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Services given: what, to whom, how much, by whom, with which proof."""

    name = "rangkul.services"
    label = "services"
    default_auto_field = "django.db.models.BigAutoField"
