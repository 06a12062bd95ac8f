"""Wiring at start: followers of news, providers of facts, and the checks that refuse an unguarded door."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Runs after every other app is ready."""

    name = "rangkul.config"
    label = "house"

    def ready(self) -> None:
        """Hang the followers and fact providers, and register the start-up checks."""
        import_module("rangkul.config.followers").wire()
        import_module("rangkul.config.erasing").wire()
        import_module("rangkul.config.sealed").wire()
        import_module("rangkul.config.checks")
