"""Addresses of pages by name. A page names twenty places, most of them without anything that varies."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, reverse


def address(name: str, *args: object, **kwargs: object) -> str:
    """``reverse``, remembering what it said."""
    return _said(get_script_prefix(), name, args, tuple(kwargs.items()))


@lru_cache(maxsize=4096)
def _said(_prefix: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    return reverse(name, args=args, kwargs=dict(kwargs))
