"""Addresses of pages by name. A page names twenty places; of those that vary only a code changes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from django.urls import get_resolver, get_script_prefix, reverse

_PLAIN: Final = re.compile(r"[0-9A-Za-z_-]+").fullmatch
"""What an address takes as it is: codes, keys, days. All else goes through ``reverse``."""


def address(name: str, *args: object, **kwargs: object) -> str:
    """``reverse``, remembering what it said and how an address of this name is made."""
    if args and not kwargs:
        words = tuple(map(str, args))
        made = _made(get_script_prefix(), name, len(words))
        if made is not None and all(map(_PLAIN, words)):
            found = made[0] % words
            if made[1](found):
                return found
    return _said(get_script_prefix(), name, args, tuple(kwargs.items()))


@lru_cache(maxsize=1024)
def _made(prefix: str, name: str, count: int) -> tuple[str, Any] | None:
    """The shape of an address with so many gaps, and the check of what fills them; None when it has several."""
    if ":" in name:
        return None
    fits = [
        (shape, pattern)
        for shapes, pattern, _defaults, _converters in get_resolver().reverse_dict.getlist(name)
        for shape, gaps in shapes
        if len(gaps) == count
    ]
    if len(fits) != 1:
        return None
    shape, pattern = fits[0]
    shape = prefix.replace("%", "%%") + re.sub(r"%\([^)]*\)s", "%s", shape)
    return shape, re.compile(f"^{re.escape(prefix)}{pattern}").search


@lru_cache(maxsize=4096)
def _said(_prefix: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    return reverse(name, args=args, kwargs=dict(kwargs))
