"""Words and options of the report and contact pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from rangkul.directory.city import city
from rangkul.domain.age import BANDS, OLDEST, UNKNOWN_BAND
from rangkul.domain.reports import STATE_LABELS
from rangkul.reports.queries import ReportLine


def language() -> str:
    """Language of the page, as city data names it."""
    return "en" if (translation.get_language() or "id").startswith("en") else "id"


def named(table: Any, code: str) -> str:  # noqa: ANN401 - any mapping of labelled rows
    """The words of a code; the code itself when the table no longer has it."""
    row = table.get(code)
    return str(row.named(language())) if row else code


def state_words(line: ReportLine) -> str:
    """The state of a report."""
    return _(STATE_LABELS[line.state])


def choice_words(list_code: str, code: str) -> str:
    """The words of an entry of a drop-down list."""
    return next((each.named(language()) for each in city().choices_of(list_code) if each.code == code), code)


def ground_words(code: str) -> str:
    """The words of a ground for acting, in force or not."""
    try:
        return city().ground(code).named(language())
    except KeyError:
        return code


def sex_words(sex: str) -> str:
    """Sex in words; not knowing is a fact."""
    return {"L": _("Laki-laki"), "P": _("Perempuan")}.get(sex, _("Jenis kelamin belum diketahui"))


def age_words(low: int | None, high: int | None) -> str:
    """The age range in words."""
    if low is None:
        return _("usia belum diketahui")
    if high is None or high >= OLDEST:
        return _("%(low)s tahun ke atas") % {"low": low}
    return _("%(low)s–%(high)s tahun") % {"low": low, "high": high}


def sex_options() -> list[tuple[str, str]]:
    """The three answers."""
    return [("L", _("Laki-laki")), ("P", _("Perempuan")), ("?", _("Belum tahu"))]


def age_options() -> list[dict[str, str]]:
    """The bands as buttons; a band below 18 touches *anak* in the gate."""
    options = [
        {"value": code, "label": code.replace("-", "–"), **({"sets_gate": "child"} if low < 18 else {})}  # noqa: PLR2004
        for code, low, _high in BANDS
    ]
    return [*options, {"value": UNKNOWN_BAND, "label": "?"}]


def channel_options() -> list[tuple[str, str]]:
    """How it reached us; the public page is not a choice of the desk."""
    return [
        (each.code, each.named(language())) for each in city().choices_of("channel") if each.code != "web"
    ]


def options_of(list_code: str) -> list[tuple[str, str]]:
    """A drop-down list as value and words."""
    return [(each.code, each.named(language())) for each in city().choices_of(list_code)]


def category_options() -> list[tuple[str, str]]:
    """Street categories; never asked for when the gate says violence."""
    return [(each.code, each.named(language())) for each in city().street_categories.values()]


def ground_options(on: date) -> list[dict[str, str]]:
    """Grounds in force on that day."""
    return [{"value": each.code, "label": each.named(language())} for each in city().grounds_in_force(on)]


_DECISION_ICONS = {
    "antar_pulang": "home",
    "rumah_singgah": "bed",
    "rs_psc": "ambulance",
    "rsj": "building-hospital",
    "unit_ppa": "users",
    "rumah_aman": "shield-lock",
    "pulang_luar_kota": "map",
    "menolak": "hand-stop",
    "diserahkan_dinsos": "heart-handshake",
    "dibina_pergi": "walk",
    "tidak_ditemukan": "search",
}


def decision_options(closed: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Field decisions; those that the gate closes carry the reason, live and after a refusal."""
    english = language() == "en"
    options = []
    for row in city().decisions.values():
        closes = [
            {
                "gate": question.code,
                "reason": (question.closed_reason_en if english else "") or question.closed_reason,
            }
            for question in city().gate
            if row.code in question.closed or (row.refusal and question.closes_refusal)
        ]
        options.append(
            {
                "value": row.code,
                "label": row.named(language()),
                "icon": _DECISION_ICONS.get(row.code),
                "closes_when": closes,
                "closed": (closed or {}).get(row.code),
            }
        )
    return options


_GATE_ICONS = {"violence": "hand-stop", "injured": "first-aid-kit"}


def _short_and_long(words: str) -> tuple[str, str]:
    """A question as tile and small print: what stands in brackets goes under it."""
    label, _bracket, detail = words.rstrip("?").partition(" (")
    return label, detail.rstrip(")")


def gate_questions() -> list[dict[str, Any]]:
    """The eight tiles, each with where a yes leads: advice and the first number that the city has."""
    english = language() == "en"
    tiles = []
    for question in sorted(city().gate, key=lambda row: row.order):
        phones = [city().phones[code] for code in question.phones if code in city().phones]
        first = next((each for each in phones if each.phone), None)
        to_call = phones[0].named(language()) if phones else ""
        title = _("Hubungi %(who)s sekarang.") % {"who": to_call} if to_call else ""
        label, detail = _short_and_long(question.named(language()))
        tiles.append(
            {
                "code": question.code,
                "label": label,
                "icon": _GATE_ICONS.get(question.code, question.icon),
                "note": detail,
                "route": {
                    "title": title,
                    "text": (question.advice_en if english else "") or question.advice,
                    "phone_label": _("Telepon %(who)s") % {"who": first.named(language())} if first else "",
                    "phone_href": f"tel:{first.phone}" if first else "",
                },
            }
        )
    return tiles


def gate_words(codes: tuple[str, ...] | list[str]) -> list[str]:
    """Short words of the gate's answers."""
    labels = {row.code: row.named(language()).rstrip("?") for row in city().gate}
    return [labels.get(code, code) for code in codes]


def clock_words(code: str) -> str:
    """What a clock asks for."""
    return named(city().clocks, code)


def rights_questions(*, minor_asked: bool = True) -> list[tuple[str, str]]:
    """The rights record's yes-or-no questions (practice.md F16)."""
    rows = [
        ("told_reason", _("Diberi tahu alasannya?")),
        ("force_used", _("Ada paksaan?")),
        ("belongings_listed", _("Barang bawaan didaftar?")),
        ("companion_called", _("Keluarga atau pendamping dihubungi?")),
        ("complaint_channel_told", _("Diberi tahu ke mana mengadu?")),
    ]
    return [*rows, ("apart_from_adults", _("Anak: dipisahkan dari orang dewasa?"))] if minor_asked else rows


def next_visit_default(at: datetime) -> str:
    """A proposal for the next visit: in four days, ISO."""
    return (at + timedelta(days=4)).date().isoformat()
