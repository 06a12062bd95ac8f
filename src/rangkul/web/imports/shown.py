"""Kinds, states and warnings of imports in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from rangkul.directory.city import city
from rangkul.web.words import language


def kind_label(kind: str) -> str:
    """What a file holds."""
    return {"people": _("Orang"), "assessments": _("Asesmen"), "services": _("Layanan")}.get(kind, kind)


def state_label(state: str) -> str:
    """How far a file is."""
    return {
        "waiting": _("menunggu"),
        "running": _("sedang dimuat"),
        "done": _("selesai"),
        "failed": _("terhenti"),
    }.get(state, state)


def note_words(kind: str, facts: Mapping[str, Any]) -> str:
    """A warning as a sentence that says what to check."""
    if kind == "item_outside_type":
        items = [
            city().services[item].named(language())
            for item in facts.get("items", ())
            if item in city().services
        ]
        return _("Asesmen %(type)s menyebut layanan di luar daftarnya: %(items)s.") % {
            "type": facts.get("type", ""),
            "items": ", ".join(items),
        }
    sentences = {
        "s2_not_a_child": _(
            "Dinilai sebagai anak telantar, tetapi usianya 18 tahun atau lebih. Periksa tanggal lahir."
        ),
        "s3_not_an_elder": _(
            "Dinilai sebagai lanjut usia telantar, tetapi usianya di bawah 60. Periksa tanggal lahir."
        ),
        "birth_date_differs": _(
            "Tanggal lahir berbeda dari yang terbaca di NIK. Keduanya disimpan; periksa sumbernya."
        ),
        "sex_differs": _(
            "Jenis kelamin berbeda dari yang terbaca di NIK. Keduanya disimpan; periksa sumbernya."
        ),
    }
    return sentences.get(kind, kind)
