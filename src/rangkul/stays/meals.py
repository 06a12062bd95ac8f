"""Which days of a stay have meals that SPM pays."""

from __future__ import annotations

from datetime import date, timedelta

from rangkul.directory.city import city
from rangkul.domain.wib import wib_date
from rangkul.services.queries import meal_days
from rangkul.stays.models import Stay


def meals_paid_until(stay: Stay) -> date:
    """The last day of a stay whose meals SPM pays, when meals are given on every day from its first.

    Days of the same year before the stay count too. Law: Permensos 9/2018 (unconfirmed, see docs/law).
    """
    first = wib_date(stay.entered_at)
    before = sum(1 for day in meal_days(stay.person_id, first.year) if day < first)
    return first + timedelta(days=max(0, city().meal_days - before) - 1)
