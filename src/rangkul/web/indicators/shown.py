"""Figures and persons behind them in words and shapes that the SPM pages draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.directory.city import city
from rangkul.domain.spm import Figure, Index, SpmType
from rangkul.indicators.queries import Difference, PersonLine
from rangkul.indicators.workbook import type_label
from rangkul.web.words import angka, language


def type_name(spm_type: str, on: date) -> str:
    """The short name that people use for a type on this day."""
    short = {
        "S1": _("Disabilitas telantar"),
        "S2": _("Anak telantar"),
        "S3": _("Lanjut usia telantar"),
        "S4": _("Gelandangan dan pengemis"),
        "S5": _("Korban bencana"),
    }
    return short.get(spm_type) or type_label(spm_type, on, language())


def item_name(item: str) -> str:
    """A service item in words; an item the city no longer lists keeps its key."""
    row = city().services.get(item)
    return row.named(language()) if row else item


def item_short(item: str) -> str:
    """What people call an item in a list of gaps."""
    short = {
        "permakanan": _("permakanan"),
        "sandang": _("sandang"),
        "alat_bantu": _("alat bantu"),
        "reunifikasi": _("reunifikasi"),
        "bimbingan_fms": _("bimbingan fisik, mental, sosial"),
        "bimbingan_keluarga": _("bimbingan keluarga"),
        "adminduk": _("adminduk"),
        "akses_dik_kes": _("akses sekolah dan kesehatan"),
        "data_pengaduan": _("data dan pengaduan"),
        "kedaruratan": _("kedaruratan"),
        "penelusuran_keluarga": _("penelusuran keluarga"),
        "rujukan": _("rujukan"),
        "perbekalan_kesehatan": _("perbekalan kesehatan"),
    }
    return short.get(item) or item_name(item)


def items_in_words(items: Sequence[str]) -> str:
    """A list of items as one phrase, each in words."""
    words = [item_short(item) for item in items]
    return (words[0][:1].upper() + ", ".join(words)[1:]) if words else ""


def percent_words(figure: Figure) -> str | None:
    """``81,58%``; None when nobody is in need."""
    return None if figure.percent is None else f"{angka(figure.percent, 2)}%"


def tile(spm_type: str, figure: Figure, href: str, on: date, *, current: bool) -> dict[str, Any]:
    """One of the five tiles of the page."""
    note = _("%(served)s dari %(need)s orang") % {
        "served": angka(figure.served),
        "need": angka(figure.in_need),
    }
    return {
        "label": type_name(spm_type, on),
        "number": percent_words(figure),
        "missing": _("Belum ada yang tercatat"),
        "note": note if figure.in_need else _("belum ada yang membutuhkan"),
        "href": href,
        "current": current,
    }


def months_of(figure: Figure, year: int, as_of: date) -> list[dict[str, int | None]]:
    """The months of a plot: new and total; months to come hold nothing."""
    shown: list[dict[str, int | None]] = []
    total = 0
    for month, new in enumerate(figure.months, start=1):
        if date(year, month, 1) > as_of:
            shown.append({"month": month, "new": None, "total": None})
            continue
        total += new
        shown.append({"month": month, "new": new, "total": total})
    return shown


def why_no_index(index: Index, on: date) -> str:
    """Why there is no index, the types by their names."""
    if index.why is None:
        return ""
    types = ", ".join(type_name(each.value, on) for each in index.why.types)
    return _(index.why.says).format(types=types)


def age_words(code: str | None) -> str:
    """A warning on age against type, as a sentence."""
    return {
        "s2_not_a_child": _("Usia tidak cocok dengan anak telantar"),
        "s3_not_an_elder": _("Usia tidak cocok dengan lanjut usia telantar"),
    }.get(code or "", "")


def person_row(line: PersonLine) -> dict[str, Any]:
    """One person of a list in words."""
    notes = [age_words(line.age_warning)]
    if line.citizenship_unknown:
        notes.append(_("Kewarganegaraan belum diketahui"))
    if line.carried:
        notes.append(_("Dibawa dari tahun lalu"))
    if line.unproven:
        notes.append(_("Belum ada bukti dukung: %(items)s") % {"items": items_in_words(line.unproven)})
    return {
        "person": {"name": line.name, "sealed": False},
        "label": line.label,
        "code": line.code,
        "case_code": line.case_code,
        "assessed_on": line.assessed_on,
        "proven": _("%(n)s dari %(all)s") % {"n": line.proven, "all": len(line.needed)},
        "lacking": items_in_words(line.lacking),
        "holder": line.holder or _("tanpa kasus terbuka"),
        "month": line.served_month,
        "notes": [note for note in notes if note],
    }


def change_words(change: Difference, on: date) -> dict[str, Any]:
    """What changed in a type since it was frozen."""
    how = {
        "came": _("masuk hitungan"),
        "left": _("keluar dari hitungan"),
        "served": _("menjadi terlayani"),
        "unserved": _("tidak lagi terlayani"),
    }
    return {
        "name": type_name(change.spm_type, on),
        "then": _("%(served)s dari %(need)s") % {"served": change.then.served, "need": change.then.in_need},
        "now": _("%(served)s dari %(need)s") % {"served": change.now.served, "need": change.now.in_need},
        "persons": [
            {"label": each.label, "code": each.code, "how": how[each.how]} for each in change.persons
        ],
    }


def gap_words(items: Sequence[tuple[str, int]]) -> str:
    """``Yang kurang: adminduk 9 · penelusuran keluarga 6``."""
    return " · ".join(f"{item_short(item)} {angka(count)}" for item, count in items)


def heading(which: str, count: int) -> str:
    """The title of a list of persons."""
    if which == "served":
        return ngettext("%(n)s orang terlayani penuh", "%(n)s orang terlayani penuh", count) % {
            "n": angka(count)
        }
    if which == "all":
        return ngettext("%(n)s orang harus dilayani", "%(n)s orang harus dilayani", count) % {
            "n": angka(count)
        }
    return ngettext("%(n)s orang belum terlayani penuh", "%(n)s orang belum terlayani penuh", count) % {
        "n": angka(count)
    }


def types_to_choose(on: date) -> list[tuple[str, str]]:
    """The five types for a drop-down."""
    return [(each.value, type_name(each.value, on)) for each in SpmType]
