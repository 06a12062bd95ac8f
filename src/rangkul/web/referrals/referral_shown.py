"""What the pages of referrals say: chips, choices and lines in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from rangkul.directory.city import city
from rangkul.domain.referrals import KNOWN_OR_NOT
from rangkul.referrals.institutions import Place
from rangkul.referrals.sheet import WITHHOLDABLE
from rangkul.referrals.wording import KNOWN, OUTCOMES, PARTS, criterion_words
from rangkul.web.words import tanggal_pendek


def known_choices() -> list[tuple[str, str]]:
    """Yes, no, not known."""
    return [(code, _(KNOWN[code]).capitalize()) for code in KNOWN_OR_NOT]


def id_choices() -> list[tuple[str, str]]:
    """Whose identity card."""
    return [
        ("city", _("KTP kota ini")),
        ("other", _("KTP daerah lain")),
        ("none", _("Tidak punya")),
        ("unknown", _("Belum diketahui")),
    ]


def withholdable(shares: tuple[str, ...]) -> list[tuple[str, str]]:
    """Parts that this kind may see and the person may keep back."""
    return [(part, _(PARTS[part])) for part in shares if part in WITHHOLDABLE]


def outcome_choices() -> list[tuple[str, str]]:
    """How somebody earns."""
    return [(code, _(label)) for code, label in OUTCOMES.items()]


def choices_of(list_code: str, language: str) -> list[tuple[str, str]]:
    """A plain list of the city."""
    return [(each.code, each.named(language)) for each in city().choices_of(list_code)]


def place_line(place: Place, language: str) -> str:
    """How an institution stands, in one line."""
    said = place.state
    if said is None:
        return (
            _("Kapasitas %(n)s; kabar tempat belum ada") % {"n": place.row.capacity}
            if place.row.capacity
            else _("Kabar tempat belum ada")
        )
    if said.closed:
        why = city().choice("institution_closure", said.closed).named(language)
        until = _(" sampai %(day)s") % {"day": tanggal_pendek(said.closed_until)} if said.closed_until else ""
        return why + until
    parts = []
    if said.beds_free is not None:
        day = _(" mulai %(day)s") % {"day": tanggal_pendek(said.free_from)} if said.free_from else ""
        parts.append(_("%(n)s tempat kosong") % {"n": said.beds_free} + day)
    if said.queue is not None:
        parts.append(_("%(n)s dalam antrean") % {"n": said.queue})
    return "; ".join(parts) or said.words or _("Menerima")


def criteria(place: Place, language: str) -> list[dict[str, Any]]:
    """What it asks, each with its law or source."""
    return [
        {
            "label": criterion_words(each, language),
            "cited": each.cited,
            "confirmed": each.confirmed,
            "waivable": each.waivable,
        }
        for each in place.criteria
    ]
