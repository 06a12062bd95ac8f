"""What the indicators keep up to date as news comes in."""

from __future__ import annotations

from collections.abc import Callable

from rangkul.audit.news import News
from rangkul.indicators.keeping import refresh, services_added, services_changed


def _services(news: News) -> None:
    services_changed(news.facts["person_ids"], news.facts["years"])


def _services_in_bulk(news: News) -> None:
    services_added(news.facts["given"])


def _one_person(news: News) -> None:
    refresh([news.facts["person_id"]])


def _many_persons(news: News) -> None:
    refresh(news.facts["person_ids"])


def _identified(news: News) -> None:
    if news.facts.get("citizen_changed"):
        refresh([news.facts["person_id"]])


_HANDLERS: dict[str, Callable[[News], None]] = {
    "service.recorded": _services,
    "service.voided": _services,
    "services.imported": _services_in_bulk,
    "assessment.finished": _one_person,
    "assessment.voided": _one_person,
    "assessments.imported": _many_persons,
    "case.closed": _one_person,
    "case.reopened": _one_person,
    "person.identified": _identified,
    "people.imported": _many_persons,
    "person.merged": _many_persons,
    "person.unmerged": _many_persons,
}


def follow(news: News) -> None:
    """Write this package's own rows for one piece of news.

    A case that opens changes nothing yet: it holds no assessment.
    """
    if handler := _HANDLERS.get(news.action):
        handler(news)
