"""The Jinja2 environment of our pages: words, dates and the few things that every template may call."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, Template, pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from rangkul.web import words
from rangkul.web.account.agents import in_words
from rangkul.web.addresses import address


class HouseTemplate(Template):
    """A template whose macros are imported without asking anew whether the importing page has names of its own.

    Every page has the names of the environment and no others (``environment`` below), so the answer is always no.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - Jinja's signature
        return super()._get_default_module(None)


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


def _said(text: str, /, **gaps: object) -> Markup:
    """``_("…")``: gaps are filled here when they are given, else left for ``| format``, which escapes as well."""
    said = _in_language(get_language(), text)
    return said % gaps if gaps or "%(" not in text else said


@lru_cache(maxsize=8192)
def _in_language(_language: str | None, text: str) -> Markup:
    """A page says a hundred sentences, always the same ones."""
    return Markup(gettext(text))  # noqa: S704 - the msgid is ours; what fills its gaps is escaped by ``%``


def environment(**options: Any) -> Environment:  # noqa: ANN401 - Django's signature
    """Build the environment that Django's Jinja2 backend asks for."""
    options.setdefault("autoescape", True)
    extensions = [*options.pop("extensions", []), "jinja2.ext.i18n", "jinja2.ext.do"]
    env = Environment(trim_blocks=True, lstrip_blocks=True, extensions=extensions, **options)  # noqa: S701 - set above
    env.template_class = HouseTemplate
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(_=_said, gettext=_said)
    env.globals.update(
        static=static_path,
        url=url,
        icon=icon,
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
