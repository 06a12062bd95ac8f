"""The Jinja2 environment of our pages: words, dates and the few things that every template may call."""

from __future__ import annotations

import re
from functools import lru_cache
from secrets import token_hex
from typing import Any, Final

from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, Template, pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from rangkul.web import words
from rangkul.web.account.agents import in_words
from rangkul.web.addresses import address


class HouseTemplate(Template):
    """A template whose macros are imported without asking anew whether the importing page has names of its own.

    Every page has the names of the environment and no others (``environment`` below), so the answer is always no.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - Jinja's signature
        return super()._get_default_module(None)


class HouseContext(Context):
    """A context that calls a macro without looking for what it wants to be passed: a page calls a hundred."""

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Jinja's signature
        """As Jinja calls; macros and our own plain functions shorter."""
        kind: Any = obj.__class__
        if kind is Macro:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return obj(self.eval_ctx, *args, **kwargs)
        if kind in _PLAIN_KINDS and obj in _PLAIN_FUNCTIONS:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return obj(*args, **kwargs)
        return super().call(obj, *args, **kwargs)


class HouseEnvironment(Environment):
    """An environment in which the fields of a dict are found at once: rows of our pages are dicts."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - Jinja's signature
        """The field of a dict, unless a dict has a method of that name; else as Jinja does."""
        if obj.__class__ is dict and attribute not in _DICT_METHODS:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


_DICT_METHODS: Final = frozenset(dir(dict))


@lru_cache(maxsize=256)
def static_path(path: str) -> str:
    """Where a file of ours lies; it does not move while the process lives."""
    return static(path)


@lru_cache(maxsize=1024)
def icon(name: str, size: int = 20, label: str = "") -> Markup:
    """Draw one icon of the sprite (``icons.txt``); without a label it is hidden from readers, words stand beside it."""
    kind = "rk-icon rk-icon--filled" if name.endswith("-filled") else "rk-icon"
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 24 24" {}><use href="{}#{}"/></svg>'
    ).format(kind, size, size, spoken, static_path("vendor/icons.svg"), name)


def url(name: str, *args: object, **kwargs: object) -> str:
    """Address of a page by its name."""
    return address(name, *args, **kwargs)


@pass_context
def this_page(context: Context) -> str:
    """Path and query of the page being drawn, for ``next`` in small forms."""
    request = context.get("request")
    return str(request.get_full_path()) if request is not None else "/"


_GAPS: Final = {gap: f"@@{token_hex(12)}@@" for gap in ("csrf_input", "this_page", "asked")}
"""What differs in a frame each time it is drawn; the marks are this process's own, nobody can write them."""


@pass_context
def frame(context: Context, name: str) -> Markup:
    """The part of a page that stays the same while its reader, language and place do: drawn once, its gaps filled anew.

    Its template sees the names of ``_FRAMED`` and the gaps, nothing else of the page.
    """
    request = context["request"]
    held = {each: context.get(each) for each in _FRAMED}
    member = held["member"]
    places = tuple((place["href"], place["current"]) for each in _PLACES for place in held[each])
    key = (name, member, member.posts, places, *(held[each] for each in _PLAIN))
    pieces = _frames.get(key)
    if pieces is None:
        gaps = {**_GAPS, "csrf_input": Markup(_GAPS["csrf_input"]), "this_page": lambda: _GAPS["this_page"]}  # noqa: S704 - our own mark
        drawn = context.environment.get_template(name).render({**held, **gaps})
        pieces = tuple(re.split("({})".format("|".join(_GAPS.values())), drawn))
        if len(_frames) >= _MOST_FRAMES:
            _frames.clear()
        _frames[key] = pieces
    fill = {
        _GAPS["csrf_input"]: context["csrf_input"],
        _GAPS["this_page"]: escape(request.get_full_path()),
        _GAPS["asked"]: escape(request.GET.get("q", "")),
    }
    return Markup("".join([fill.get(piece, piece) for piece in pieces]))  # noqa: S704 - drawn by a template, gaps escaped


_PLACES: Final = ("nav", "nav_more")
_PLAIN: Final = ("agency_name", "can_search", "language", "theme", "unread")
_FRAMED: Final = ("member", *_PLACES, *_PLAIN)
_MOST_FRAMES: Final = 512
_frames: dict[tuple[Any, ...], tuple[str, ...]] = {}


def _said(text: str, /, **gaps: object) -> Markup:
    """``_("…")``: gaps are filled here when they are given, else left for ``| format``, which escapes as well."""
    said = _in_language(get_language(), text)
    return said % gaps if gaps or "%(" not in text else said


@lru_cache(maxsize=8192)
def _in_language(_language: str | None, text: str) -> Markup:
    """A page says a hundred sentences, always the same ones."""
    return Markup(gettext(text))  # noqa: S704 - the msgid is ours; what fills its gaps is escaped by ``%``


def kept(macro: Macro, *args: object) -> Markup:
    """What a macro draws from these values and nothing else (beside the language): drawn once, the same in many rows."""
    key = (macro.name, get_language(), *args)
    drawn = _drawn.get(key)
    if drawn is None:
        if len(_drawn) >= _MOST_DRAWN:
            _drawn.clear()
        drawn = _drawn[key] = Markup(macro(*args))  # noqa: S704 - drawn by a template of ours
    return drawn


_MOST_DRAWN: Final = 1024
_drawn: dict[tuple[object, ...], Markup] = {}

_PLAIN_FUNCTIONS: Final[frozenset[Any]] = frozenset({_said, icon, kept, url, static_path})
"""What takes no context: called as it is."""
_PLAIN_KINDS: Final = frozenset(map(type, _PLAIN_FUNCTIONS))


def environment(**options: Any) -> Environment:  # noqa: ANN401 - Django's signature
    """Build the environment that Django's Jinja2 backend asks for."""
    options.setdefault("autoescape", True)
    extensions = [*options.pop("extensions", []), "jinja2.ext.i18n", "jinja2.ext.do"]
    env = HouseEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=extensions, **options)
    env.template_class, env.context_class = HouseTemplate, HouseContext
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(_=_said, gettext=_said)
    env.globals.update(
        static=static_path,
        url=url,
        icon=icon,
        kept=kept,
        frame=frame,
        this_page=this_page,
        nama_bulan=words.bulan,
        sekarang=timezone.now,
    )
    env.filters.update(
        wib=words.wib,
        wib_date=words.wib_date,
        jam=words.jam,
        tanggal=words.tanggal,
        tanggal_pendek=words.tanggal_pendek,
        hari_tanggal=words.hari_tanggal,
        iso=words.iso,
        ago=words.ago,
        sudah=words.sudah,
        angka=words.angka,
        initials=words.initials,
        suku=words.suku,
        agent=in_words,
    )
    return env
