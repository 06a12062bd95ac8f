"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Photos and documents: checked, re-encoded, sealed under their subject's key."""

    name = "rangkul.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
