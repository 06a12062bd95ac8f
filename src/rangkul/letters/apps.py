"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Letters from city templates: number, paraf, signature, PDF, public verification."""

    name = "rangkul.letters"
    label = "letters"
    default_auto_field = "django.db.models.BigAutoField"
