"""Django's handle on this package."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VaultConfig(AppConfig):
    """Keys: one data key per subject, sealing and opening of protected values, blind indexes."""

    name = "rangkul.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The instance has its own secret after every migrate; Django has no other place to ask for that."""
        post_migrate.connect(_make_instance_key, sender=self)


def _make_instance_key(**_named: Any) -> None:  # noqa: ANN401 - Django's signature
    from rangkul.vault.sealing import make_instance_key  # noqa: PLC0415 - after the apps are read

    make_instance_key()
