"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Many rows at once, each standing or falling alone."""

    name = "rangkul.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"
