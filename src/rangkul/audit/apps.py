"""Django's handle on this package."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """The event log: append only, a Merkle tree, written in the transaction of the act; receipts of client keys."""

    name = "rangkul.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The database's own guards stand after every migrate; Django has no other place to ask for that."""
        post_migrate.connect(_put_up_guards, sender=self)


def _put_up_guards(**_named: Any) -> None:  # noqa: ANN401 - Django's signature
    from rangkul.audit.guards import put_up  # noqa: PLC0415 - after the apps are read

    put_up()
