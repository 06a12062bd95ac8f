"""Django's handle on this package."""

from __future__ import annotations

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Hand-overs between posts, referrals to institutions, and the links that answer them."""

    name = "rangkul.referrals"
    label = "referrals"
    default_auto_field = "django.db.models.BigAutoField"
