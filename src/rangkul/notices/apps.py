"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What a member is told: in the app, by e-mail, by push; a digest a day."""

    name = "rangkul.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
