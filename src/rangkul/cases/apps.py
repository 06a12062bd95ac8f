"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases: holder, stages on evidence, assessment, plan, closing."""

    name = "rangkul.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
