"""What the public pages show, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.directory.city import city
from rangkul.reports.queries import PublicReport


def area_options() -> list[dict[str, Any]]:
    """Kelurahan in groups by kecamatan, in the order of the alphabet."""
    return [
        {
            "label": kecamatan.name,
            "options": [
                (each.code, each.name)
                for each in sorted(city().kelurahan, key=lambda area: area.name)
                if each.parent == kecamatan.code
            ],
        }
        for kecamatan in sorted(city().kecamatan, key=lambda area: area.name)
    ]


def outside_options() -> list[tuple[str, str]]:
    """Regencies and cities around."""
    return [(each.code, each.name) for each in sorted(city().outside, key=lambda area: area.name)]


_ICONS = {
    "received": "check",
    "checked": "clipboard-list",
    "on_the_way": "car",
    "met": "heart-handshake",
    "not_found": "search",
    "handled": "heart-handshake",
    "closed": "check",
    "passed_on": "mail-forward",
    "update": "message-2",
}


def _titles(report: PublicReport) -> dict[str, str]:
    outside = report.outside or _("kabupaten lain")
    return {
        "received": _("Laporan diterima"),
        "checked": _("Laporan diperiksa"),
        "on_the_way": _("Petugas menuju lokasi"),
        "met": _("Ditemui petugas"),
        "not_found": _("Tidak ditemukan"),
        "handled": _("Sudah ditangani"),
        "closed": _("Selesai diperiksa"),
        "passed_on": _("Diteruskan ke Dinsos %(place)s") % {"place": outside},
        "update": _("Kabar dari Anda"),
    }


def _headlines(report: PublicReport) -> dict[str, tuple[str, str]]:
    outside = report.outside or _("kabupaten lain")
    return {
        "received": (
            _("Laporan Anda sudah kami terima"),
            _("Petugas piket akan membacanya. Terima kasih sudah peduli."),
        ),
        "checked": (
            _("Laporan Anda sedang diperiksa"),
            _("Petugas piket menyiapkan regu yang akan berangkat."),
        ),
        "on_the_way": (
            _("Petugas menuju lokasi"),
            _("Bila orangnya sudah pindah, beri kabar lewat halaman ini."),
        ),
        "met": (
            _("Petugas sudah bertemu orangnya"),
            _("Orang yang Anda laporkan sedang dibantu. Terima kasih sudah peduli."),
        ),
        "not_found": (
            _("Petugas belum menemukan orangnya"),
            _(
                "Petugas sudah datang ke sana. Bila Anda tahu orangnya pindah ke mana, beri kabar: laporan dibuka lagi."
            ),
        ),
        "handled": (_("Sudah ditangani"), _("Laporan Anda selesai ditangani. Terima kasih sudah peduli.")),
        "closed": (
            _("Laporan selesai diperiksa"),
            _(
                "Petugas sudah memeriksanya dan tidak ada langkah lanjutan. Bila keadaan berubah, buat laporan baru."
            ),
        ),
        "passed_on": (
            _("Diteruskan ke Dinsos %(place)s") % {"place": outside},
            _("Tempatnya ada di luar kota kami, jadi laporan ini kami sampaikan ke dinas sosial setempat."),
        ),
    }


def steps_shown(report: PublicReport) -> dict[str, Any]:
    """The headline and the steps as the component draws them: what is still to come first, then newest first."""
    titles = _titles(report)
    steps: list[dict[str, Any]] = []
    if report.state not in ("handled", "closed", "passed_on", "not_found"):
        steps.append(
            {
                "title": _("Selesai"),
                "at": None,
                "text": _("Kami kabari di sini paling lambat 3 hari sesudahnya"),
                "state": "next",
            }
        )
    for number, line in enumerate(report.steps):
        text = ""
        if line.state == "received" and report.joined_with:
            text = ngettext(
                "digabung dengan satu laporan lain", "digabung dengan %(n)s laporan lain", report.joined_with
            ) % {"n": report.joined_with}
        if line.state == "update":
            text = _("petugas diberi tahu")
        steps.append(
            {
                "title": titles[line.state],
                "at": line.at,
                "text": text,
                "state": "now" if number == 0 else "done",
                "icon": _ICONS[line.state],
            }
        )
    title, text = _headlines(report)[report.state]
    return {"headline": title, "lead": text, "steps": steps}
