"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """How a member proves to be the one: second factor, sessions, tokens, the own password."""

    name = "rangkul.signin"
    label = "signin"
    default_auto_field = "django.db.models.BigAutoField"
