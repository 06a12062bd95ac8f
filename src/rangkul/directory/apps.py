"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """The city served, its agencies, posts and members; sign-in."""

    name = "rangkul.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"
