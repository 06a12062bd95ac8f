"""Small forms of the case: their fields, how they are drawn, and how an answer comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from rangkul.domain.errors import NotFound, Refusal
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.refusals import words

LONGEST = 20_001
Choice = tuple[str, str] | dict[str, str]
"""Value and words; or a dict with ``value``, ``label`` and ``hint``."""


class SeeOther(HttpResponseRedirect):
    """After a post, the page is read again (303)."""

    status_code = 303


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One control. ``kind``: choices, many, select, text, textarea, date, moment, check; ``options`` value and words."""

    kind: str
    name: str
    label: str
    hint: str = ""
    value: Any = ""
    options: Sequence[Choice] = ()
    required: bool = True
    columns: int = 2
    rows: int = 3
    most: int | None = None
    earliest: str = ""
    latest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A page with one form."""

    title: str
    fields: Sequence[Field]
    submit: str
    back: str
    lead: str = ""
    back_label: str = ""
    quiet_label: str = ""
    tone: str = "main"
    notices: Sequence[dict[str, str]] = ()
    seen: int | None = None
    hidden: dict[str, str] = field(default_factory=dict)
    crumbs: Sequence[dict[str, str]] = ()


def draw(request: HttpRequest, form: Form, refusal: Refusal | None = None) -> HttpResponse:
    """Draw the form; after a refusal with what was typed and the words of the refusal."""
    typed = request.POST if request.method == "POST" else None
    fields = [replace(each, value=_typed(typed, each)) if typed is not None else each for each in form.fields]
    names = {each.name for each in fields}
    errors = {}
    if refusal is not None:
        errors[refusal.field if refusal.field in names else "__all__"] = words(refusal)
    return render(
        request,
        "pages/cases/form.jinja",
        {"form": form, "fields": fields, "errors": errors, "key": reading.new_key()},
        status=refusal.status if refusal else 200,
    )


def _typed(data: QueryDict, each: Field) -> Any:  # noqa: ANN401 - text, or a list for several choices
    return data.getlist(each.name) if each.kind == "many" else data.get(each.name, "")


def long_text(data: QueryDict, name: str) -> str:
    """Long words as typed; one letter more than a field holds is kept, so that too long is refused, not cut."""
    return reading.text(data, name, LONGEST)


def answer(
    request: HttpRequest,
    drawn: Callable[[Refusal | None], HttpResponse],
    act: Callable[[UUID | None], str],
    said: str,
) -> HttpResponse:
    """Draw the form, or do the act and go on to the address that it returns.

    A refusal comes back on the form with everything that was typed; what is hidden stays hidden.
    """
    if request.method != "POST":
        return drawn(None)
    try:
        onward = act(reading.client_key(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return drawn(refusal)
    say_saved(request, said)
    return SeeOther(onward)
