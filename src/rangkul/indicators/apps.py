"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Standing of each person per year and SPM type; figures, quality, budget, frozen periods."""

    name = "rangkul.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"
