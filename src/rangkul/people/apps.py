"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, their sourced identity claims and relations."""

    name = "rangkul.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
