"""What the case pages say and where they lead: words of codes, and the way to each missing evidence."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.cases.above import TimelineEntry
from rangkul.cases.evidence_shapes import SHAPES
from rangkul.cases.facts import WRITTEN_BY_PLAN
from rangkul.cases.page import CasePage, NeedLine
from rangkul.cases.parts import EvidenceShown
from rangkul.deadlines.queries import Due
from rangkul.directory.city import city
from rangkul.domain.deadlines import distance
from rangkul.domain.policy import ActingMember
from rangkul.web.addresses import address
from rangkul.web.words import wib_date

_NODE: Final = {
    "holder": "hand_over",
    "turn": "hand_over",
    "evidence": "report",
    "assessment": "report",
    "rating": "report",
    "plan": "letter",
    "visit": "person",
    "stay": "person",
    "trip": "person",
}
_CHIP: Final = {"visit": "calendar", "contact": "walk", "stage": "alert-triangle"}
_NEED_PLACE: Final = {
    "assessment_finished": ("case.assess", "assessment_form"),
    "spm_types_recorded": ("case.assess", "assessment_form"),
    "entry_rating": ("case.rate", "rating_new"),
    "exit_rating": ("case.rate", "rating_new"),
    "plan_has_lines": ("case.plan", "plan_lines_new"),
    "client_wish": ("case.plan", "plan_agreement"),
    "plan_agreed": ("case.plan", "plan_agreement"),
    "plan_lines_done": ("service.record", "service_new"),
    "visits_planned": ("case.visit", "visit_new"),
    "no_open_referral_or_trip": ("case.enter_stage", "case_referrals"),
}
_EVIDENCE: Final = (
    "informed_or_ground",
    "first_health_look",
    "tracing_result",
    "destination_and_receiver",
    "ba_terminasi",
)
_MOMENT: Final = {"entry_rating": "entry", "exit_rating": "exit"}


def sex_words(sex: str) -> str:
    """Sex in words; not known is a fact."""
    return {"L": _("Laki-laki"), "P": _("Perempuan")}.get(sex, _("jenis kelamin belum diketahui"))


def age_words(age: tuple[int, int] | None) -> str:
    """``±47 tahun``, or the range when it is wide."""
    if age is None:
        return _("usia belum diketahui")
    low, high = age
    if low == high:
        return ngettext("{n} tahun", "{n} tahun", low).format(n=low)
    return _("{low}–{high} tahun").format(low=low, high=high)


def due_chip(due: Due) -> dict[str, Any]:
    """A deadline for ``deadline_chip``."""
    words = _("Selesai {day}").format(day=wib_date(due.met_at)) if due.met_at is not None else ""
    return {
        "state": due.state,
        "words": words,
        "due_at": due.due_at,
        "law": due.law if due.statutory else "",
    }


def due_words(due: Due, now: Any) -> dict[str, Any]:  # noqa: ANN401 - a moment
    """A deadline with its relative words (look.md §4): "Lewat 1 hari", "3 jam lagi", or the day."""
    chip = due_chip(due)
    if due.state in {"overdue", "soon"}:
        away = distance(due.due_at, now)
        units = {
            "minutes": ngettext("{n} menit", "{n} menit", away.amount),
            "hours": ngettext("{n} jam", "{n} jam", away.amount),
            "days": ngettext("{n} hari", "{n} hari", away.amount),
        }
        span = units[away.unit].format(n=away.amount)
        chip["words"] = (_("Lewat {span}") if away.is_past else _("{span} lagi")).format(span=span)
    elif due.state == "later":
        chip["words"] = wib_date(due.due_at)
    return chip


def entry_for_timeline(entry: TimelineEntry, case_code: str) -> dict[str, Any]:
    """A timeline entry for the component; protected ones lead to where they are opened."""
    sign = "ban" if entry.voided else _CHIP.get(entry.kind, "file-text")
    proofs = [{"label": chip, "icon": sign, "href": ""} for chip in entry.chips]
    if entry.voided and not proofs:
        proofs.append({"label": _("dibatalkan"), "icon": "ban", "href": ""})
    if entry.sealed:
        opened = f"{address('case', case_code)}?bagian=riwayat{entry.href}"
        proofs.append({"label": _("Buka, dicatat"), "icon": "lock", "href": opened})
    elif entry.href and proofs:
        proofs[0]["href"] = entry.href
    return {
        "at": entry.at,
        "kind": _NODE.get(entry.kind, entry.kind),
        "title": entry.sentence,
        "by": entry.who,
        "proofs": proofs,
        "sealed": None,
    }


def gap_for_component(page: CasePage, member: ActingMember) -> dict[str, Any] | None:
    """The stage gap for ``evidence_gap``."""
    if page.gap is None:
        return None
    target = page.gap.target
    return {
        "title": _("Menuju tahap {n}, {label}").format(n=target.order, label=target.named(member.language)),
        "law": _("Dasar: {law}; aturan kasus versi {version}.").format(
            law=target.law, version=page.gap.version
        ),
        "missing": [_missing(page, line, member) for line in page.gap.missing],
        "present": [
            {
                "what": line.need.named(member.language),
                "who": line.proof.who if line.proof else "",
                "when": line.proof.on if line.proof else None,
                "href": "",
            }
            for line in page.gap.present
        ],
    }


def _missing(page: CasePage, line: NeedLine, member: ActingMember) -> dict[str, str]:
    english = member.language == "en"
    why = (line.need.why_en if english else "") or line.need.why
    return {
        "what": line.need.named(member.language),
        "why": why,
        "href": place_of_need(page, line.need.code),
        "action": action_of_need(line.need.code),
    }


def place_of_need(page: CasePage, need: str) -> str:
    """Where this need is met; empty when this member cannot meet it."""
    code = page.case.code
    if need in _EVIDENCE:
        return address("evidence_new", code, need) if "case.evidence" in page.may else ""
    if need in _NEED_PLACE:
        action, name = _NEED_PLACE[need]
        if action not in page.may:
            return ""
        moment = f"?saat={_MOMENT[need]}" if need in _MOMENT else ""
        return address(name, code) + moment
    return ""


def action_of_need(need: str) -> str:
    """The verb on the button."""
    return {
        "assessment_finished": _("Isi asesmen"),
        "spm_types_recorded": _("Isi asesmen"),
        "entry_rating": _("Beri nilai"),
        "exit_rating": _("Beri nilai"),
        "plan_has_lines": _("Susun rencana"),
        "client_wish": _("Catat keinginan"),
        "plan_agreed": _("Catat persetujuan"),
        "plan_lines_done": _("Catat layanan"),
        "visits_planned": _("Rencanakan kunjungan"),
        "no_open_referral_or_trip": _("Lihat rujukan"),
        "informed_or_ground": _("Catat penjelasan"),
        "first_health_look": _("Catat kesehatan"),
        "tracing_result": _("Catat penelusuran"),
        "destination_and_receiver": _("Catat tujuan"),
        "ba_terminasi": _("Catat berita acara"),
    }.get(need, _("Tambah bukti"))


def evidence_rows(evidence: EvidenceShown, language: str) -> list[tuple[str, str]]:
    """What an evidence says, as name and value pairs in words."""
    rows = []
    for piece in SHAPES.get(evidence.kind, ()):
        value = evidence.content.get(piece.name, "")
        if not value:
            continue
        if piece.known is not None:
            choices = piece.known(evidence.happened_on)
            known = {
                code: (label_en if language == "en" else "") or label for code, label, label_en in choices
            }
            value = known.get(value, value)
        rows.append((_(piece.label), value))
    if evidence.kind in WRITTEN_BY_PLAN and evidence.content.get("words"):
        rows.append((_("Catatan"), evidence.content["words"]))
    return rows


def moment_words(moment: str) -> str:
    """When a rating was made."""
    return {"entry": _("saat masuk"), "exit": _("saat keluar"), "follow_up": _("saat bimbingan lanjut")}[
        moment
    ]


def visit_kind(kind: str) -> str:
    """The kind of a visit in words."""
    return {
        "follow_up": _("Kunjungan bimbingan lanjut"),
        "address": _("Pemastian alamat"),
        "outreach": _("Penjangkauan ulang"),
    }[kind]


def outcome_words(outcome: str) -> str:
    """How a visit went."""
    return {
        "at_home": _("Bertemu di rumah"),
        "not_there": _("Tidak di tempat"),
        "back_on_street": _("Kembali ke jalan"),
        "declined": _("Belum mau dikunjungi"),
        "cancelled": _("Tidak jadi, kasus ditutup"),
    }.get(outcome, "")


def spm_label(spm_type: str, language: str) -> str:
    """The recipients of an SPM type, in words."""
    if spm_type == "none":
        return _("tidak satu pun")
    rows = [row for row in city().indicators if row.code == spm_type]
    return rows[-1].named(language) if rows else spm_type


def purpose_words() -> dict[str, str]:
    """What somebody opens a case for, in words."""
    return {
        "layanan": _("layanan bagi orangnya"),
        "rujukan": _("rujukan"),
        "supervisi": _("penyeliaan"),
        "darurat": _("keadaan darurat"),
        "hak-subjek": _("permintaan orangnya sendiri"),
        "audit": _("pemeriksaan"),
        "statistik": _("angka"),
    }


def crumbs(code: str, here: str) -> list[dict[str, str]]:
    """Cases › this case › here."""
    return [
        {"label": _("Kasus"), "href": address("cases")},
        {"label": code, "href": address("case", code)},
        {"label": here},
    ]
