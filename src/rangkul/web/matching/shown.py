"""What the pages of merging say: rows of two records side by side, what would follow, answers."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.people.merge_queries import Side, SideBySide
from rangkul.people.provided import Follow
from rangkul.web.people.shown import age_words, origin_line, sex_words
from rangkul.web.words import tanggal_pendek

MATTERS: Final = ("name", "age", "sex", "origin", "mark", "nik")
_KIND: Final = {"agree": "agree", "part": "agree", "differ": "differ", "unknown": "unknown"}


def matter_words(matter: str) -> str:
    """What a row compares."""
    return {
        "name": _("Nama dan sebutan"),
        "age": _("Usia"),
        "sex": _("Jenis kelamin"),
        "origin": _("Asal"),
        "mark": _("Ciri tetap"),
        "nik": _("NIK"),
    }[matter]


def sign_words(matter: str, sign: str) -> str:
    """How two records stand to each other in a matter."""
    if sign == "part":
        return _("sebagian sama")
    if sign == "agree":
        return {"name": _("bunyi sama"), "age": _("cocok"), "mark": _("mirip")}.get(matter, _("sama"))
    if sign == "differ":
        return _("berbeda")
    return _("tidak dihitung")


def rows(pair: SideBySide) -> list[dict[str, Any]]:
    """The table: what, left, kept, sign."""
    return [
        {
            "what": matter_words(matter),
            "left": None if pair.masked else _value(pair.left, matter),
            "into": None if pair.masked else _value(pair.into, matter),
            "kind": _KIND[pair.signs[matter]],
            "weight": sign_words(matter, pair.signs[matter]),
        }
        for matter in MATTERS
    ]


def _value(side: Side, matter: str) -> str:
    """What one record says; of a NIK only that there is one."""
    values = {
        "name": ", ".join(dict.fromkeys(side.names)),
        "age": age_words(side.age) if side.age else "",
        "sex": sex_words(side.sex) if side.sex in {"L", "P"} else "",
        "origin": origin_line(side.origin),
        "mark": ", ".join(side.marks),
        "nik": _("tercatat, tersegel") if side.has_nik else "",
    }
    return values[matter]


def side_line(side: Side) -> str:
    """One line under the name: how often met, who holds."""
    parts = [_("dicatat %(day)s") % {"day": tanggal_pendek(side.registered_on)}]
    if side.contacts:
        parts.append(ngettext("satu kontak", "%(n)s kontak", side.contacts) % {"n": side.contacts})
    if side.holder:
        parts.append(_("dipegang %(post)s") % {"post": side.holder})
    return " · ".join(parts)


def follow_words(line: Follow) -> str:
    """What a merge would bring, as a sentence."""
    gaps = {
        "n": line.count,
        "types": ", ".join(line.words),
        "beds": ", ".join(line.words),
        "cases": _cases(line.words),
        "code": line.words[0] if line.words else "",
        "post": line.words[1] if len(line.words) > 1 else "",
    }
    return _sentence(line) % gaps


def _sentence(line: Follow) -> str:
    if line.what in _COUNTED:
        return _counted(line)
    return {
        "two_open_cases": _(
            "Dua kasus tetap terbuka, masing-masing dengan pemegangnya: %(cases)s. "
            "Keduanya menggabungkannya dalam 2 hari kerja."
        ),
        "one_open_case": _("Kasus %(code)s menjadi kasus orang ini, tetap dipegang %(post)s."),
        "two_beds": _("Dua tempat tidur tercatat terpakai: %(beds)s. Periksa di Rumah Singgah."),
        "spm_once": _("SPM %(types)s: dihitung satu orang, bukan dua."),
        "spm_served": _("SPM %(types)s: dengan layanan keduanya, orang ini menjadi terlayani."),
        "spm_unserved": _(
            "SPM %(types)s: kebutuhan keduanya digabung, orang ini belum lagi terlayani penuh."
        ),
    }[line.what]


_COUNTED: Final = ("closed_cases", "contacts", "services")


def _counted(line: Follow) -> str:
    if line.what == "closed_cases":
        return ngettext(
            "Satu kasus yang sudah ditutup ikut terbaca.",
            "%(n)s kasus yang sudah ditutup ikut terbaca.",
            line.count,
        )
    if line.what == "contacts":
        return ngettext("Riwayatnya menjadi satu kontak.", "Riwayatnya menjadi %(n)s kontak.", line.count)
    return ngettext(
        "Satu layanan dihitung untuk satu orang.", "%(n)s layanan dihitung untuk satu orang.", line.count
    )


def _cases(words: tuple[str, ...]) -> str:
    pairs = zip(words[::2], words[1::2], strict=False)
    return "; ".join(f"{code} ({post})" for code, post in pairs)


def why_words(why: str) -> str:
    """Why a likely double stands high in the queue."""
    return {
        "child": _("menyangkut anak"),
        "spm": _("terhitung dua kali di SPM"),
        "history": _("riwayat terpisah dari kasusnya"),
        "double": _("catatan ganda"),
    }.get(why, _("catatan ganda"))
