"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class ProtocolsConfig(AppConfig):
    """Protocols switched on for a period; guidance sessions held under them."""

    name = "rangkul.protocols"
    label = "protocols"
    default_auto_field = "django.db.models.BigAutoField"
