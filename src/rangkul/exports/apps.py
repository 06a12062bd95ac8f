"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Lists that leave the house: asked for with a purpose, agreed to, marked, sealed with a password, taken once."""

    name = "rangkul.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"
