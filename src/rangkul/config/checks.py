"""The start refuses a page, API operation or command without a guard (house/security.md B.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import getclosurevars, isfunction
from typing import Any

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from rangkul.access.guard import Guard


def doors() -> Iterator[tuple[str, str, Guard | None]]:
    """Every door: its address, its name, its guard (None when it has none)."""
    yield from _walk(get_resolver().url_patterns, "/")


def _walk(
    patterns: Sequence[URLPattern | URLResolver], prefix: str
) -> Iterator[tuple[str, str, Guard | None]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
            continue
        view: Any = pattern.callback
        operations = _operations(view)
        if operations is None:
            yield address, pattern.name or "", getattr(view, "guard", None)
            continue
        for operation in operations:
            for method in operation.methods:
                yield f"{method} {address}", pattern.name or "", getattr(operation.view_func, "guard", None)


def _operations(view: Any) -> list[Any] | None:  # noqa: ANN401 - any callable may stand behind an address
    """The operations behind an address of the API (ninja hides its path view in a closure); None for a page."""
    if not isfunction(view) or view.__module__ != "ninja.operation":
        return None
    return list(getclosurevars(view).nonlocals["self"].operations)


@register("security")
def every_door_is_guarded(app_configs: object, **kwargs: object) -> list[Error]:  # noqa: ARG001 - Django's signature
    """One error per door without a guard."""
    return [
        Error(
            f"Pintu tanpa penjaga: {address} ({name})",
            hint="Tulis @guarded(…), @for_any_member(…) atau @open_to_all(…).",
            id="rangkul.E001",
        )
        for address, name, guard in doors()
        if guard is None
    ]
