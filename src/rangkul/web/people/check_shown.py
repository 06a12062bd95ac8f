"""The repeat check on a page: groups of candidates with plain reasons, side by side, and the one question to ask."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.directory.city import city
from rangkul.domain.repeat_check import Description
from rangkul.people.repeat_check import Candidate
from rangkul.web.people.shown import age_words, origin_line, sex_words

GROUPS: Final = ("sure", "likely", "ask")
_MATTERS: Final = ("name", "age", "origin", "mark", "nik")
_KIND: Final = {"agree": "agree", "part": "agree", "differ": "differ", "unknown": "unknown"}


def panel(
    asked: Description,
    found: list[Candidate],
    question: str,
    today: date,
    language: str,
    *,
    desk: bool = True,
) -> dict[str, Any]:
    """Everything that the right side of the check shows; an empty list of groups when nobody fits."""
    cards = [card(each, asked, today, desk=desk) for each in found]
    if cards and found[0].group == "sure":
        cards[0]["chosen"] = True
    groups = [
        {"title": group_words(code), "cards": [each for each in cards if each["group"] == code]}
        for code in GROUPS
    ]
    return {
        "groups": [group for group in groups if group["cards"]],
        "count": len(cards),
        "question": question_words(question, language) if cards else None,
    }


def group_words(group: str) -> str:
    """How sure it is."""
    return {
        "sure": _("Sangat mungkin sama"),
        "likely": _("Mungkin sama"),
        "ask": _("Perlu satu pertanyaan"),
    }[group]


def question_words(matter: str, language: str) -> dict[str, str] | None:
    """The one question that would tell most, as it can be said aloud (city data), with a hint."""
    for row in city().choices_of("repeat_question"):
        if row.code == matter:
            english = language == "en"
            return {
                "said": row.label,
                "meaning": row.label_en if english else "",
                "hint": (row.detail_en if english else row.detail) or "",
            }
    return None


def card(found: Candidate, asked: Description, today: date, *, desk: bool = True) -> dict[str, Any]:
    """A candidate for the macro ``candidate_card``."""
    return {
        "key": str(found.person_id),
        "group": found.group,
        "person": {"name": found.label if found.has_name else None, "label": found.label},
        "line": f"{sex_words(found.sex)}, {age_words(found.age)}",
        "parts": found.parts,
        "score": found.score if desk else None,
        "reasons": reasons(found, asked),
        "compare": rows(found, asked) if desk else [],
        "summary": summary(found, today),
        "chosen": False,
    }


def summary(found: Candidate, today: date) -> str:
    """Which contact this would become, when the last was, who holds the case."""
    parts = [_("Ini jadi kontak ke-%(n)s.") % {"n": found.contacts + 1}]
    if found.last_met_on is not None:
        parts.append(ago((today - found.last_met_on).days))
    if found.holder:
        parts.append(_("Kasusnya dipegang %(post)s.") % {"post": found.holder})
    return " ".join(parts)


def ago(days: int) -> str:
    """How long ago somebody was met."""
    if days <= 0:
        return _("Terakhir hari ini.")
    return ngettext("Terakhir %(n)s hari lalu.", "Terakhir %(n)s hari lalu.", days) % {"n": days}


def reasons(found: Candidate, asked: Description) -> list[dict[str, str]]:
    """Chips: what agrees first, then what differs, then what was typed and is not recorded."""
    agree = [{"kind": "agree", "text": _agrees(code, found)} for code in found.reasons if code != "sex"]
    differ = [
        {"kind": "differ", "text": _differs(matter, found)}
        for matter in found.differs
        if matter in {"age", "origin", "mark", "sex"}
    ]
    typed = {"mark": asked.marks, "origin": asked.origin}
    unknown = [
        {
            "kind": "unknown",
            "text": {"mark": _("ciri tidak dicatat"), "origin": _("asal tidak dicatat")}[matter],
        }
        for matter, said in typed.items()
        if said and found.signs[matter] == "unknown"
    ]
    return [*agree, *differ, *unknown]


def _agrees(code: str, found: Candidate) -> str:
    if code == "age":
        apart = found.years_apart or 0
        return _("selisih umur ± %(n)s tahun") % {"n": apart} if apart else _("umur cocok")
    if code == "origin" and found.origin:
        return _("asal %(place)s") % {"place": origin_line(found.origin)}
    if code == "mark" and found.marks:
        return found.marks[0]
    return {
        "nik": _("NIK sama"),
        "name_sound": _("bunyi nama sama"),
        "name_part": _("nama sebagian"),
        "origin": _("asal cocok"),
        "mark": _("ciri cocok"),
    }.get(code, code)


def _differs(matter: str, found: Candidate) -> str:
    if matter == "age":
        return _("umur beda %(n)s tahun") % {"n": found.years_apart or 0}
    return {
        "origin": _("asal berbeda"),
        "mark": _("ciri berbeda"),
        "sex": _("jenis kelamin berbeda"),
    }[matter]


def rows(found: Candidate, asked: Description) -> list[dict[str, Any]]:
    """Side by side: what was typed, what is recorded, how they stand to each other."""
    typed = {
        "name": ", ".join(asked.names),
        "age": age_words(asked.age) if asked.age else "",
        "origin": origin_line(asked.origin),
        "mark": ", ".join(asked.marks),
        "nik": _("diketik") if asked.nik else "",
    }
    known = {
        "name": ", ".join(dict.fromkeys(found.names)) or found.label,
        "age": age_words(found.age) if found.age else "",
        "origin": origin_line(found.origin),
        "mark": ", ".join(found.marks),
        "nik": _("tercatat") if found.signs["nik"] in {"agree", "differ"} else "",
    }
    return [
        {
            "what": _what(matter),
            "typed": typed[matter],
            "known": known[matter],
            "kind": _KIND[found.signs[matter]],
            "weight": _weight(matter, found.signs[matter]),
        }
        for matter in _MATTERS
    ]


def _what(matter: str) -> str:
    return {
        "name": _("Nama"),
        "age": _("Usia"),
        "origin": _("Asal"),
        "mark": _("Ciri"),
        "nik": _("NIK"),
    }[matter]


def _weight(matter: str, sign: str) -> str:
    if sign == "part":
        return _("sebagian sama")
    if sign == "agree":
        return {"name": _("bunyi sama"), "age": _("cocok"), "mark": _("mirip")}.get(matter, _("sama"))
    return _("berbeda") if sign == "differ" else _("tidak dihitung")
