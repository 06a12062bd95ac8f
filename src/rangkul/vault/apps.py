"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Keys: one data key per subject, sealing and opening of protected values, blind indexes."""

    name = "rangkul.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
