"""A browser in two words, so that one recognises the own phone in a list."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

# The order matters: Edge and Opera call themselves Chrome too, Chrome calls itself Safari.
_BROWSERS: Final = (
    ("Edge", "Edg"),
    ("Opera", "OPR"),
    ("Samsung Internet", "SamsungBrowser"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """``Chrome di Android``; *peramban tidak dikenal* for what names neither."""
    browser = next((name for name, mark in _BROWSERS if mark in agent), "")
    system = next((name for name, mark in _SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s di %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("peramban tidak dikenal")
