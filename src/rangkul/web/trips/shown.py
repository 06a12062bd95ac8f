"""What the pages of returns and deaths say: words of codes, the checklist, and the one step to take next."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.domain import trips as rules
from rangkul.trips.queries import LegShown, TripPage
from rangkul.web.words import wib


def state_words(state: str) -> str:
    """How a trip stands."""
    return {
        "planned": _("Disusun"),
        "under_way": _("Di jalan"),
        "held_up": _("Tertahan"),
        "tracing": _("Dicari"),
        "arrived": _("Tiba"),
        "cancelled": _("Dibatalkan"),
    }.get(state, state)


def leg_state_words(state: str) -> str:
    """How a leg stands."""
    return {
        "planned": _("menunggu"),
        "running": _("berjalan"),
        "done": _("selesai"),
        "cancelled": _("batal"),
    }.get(state, state)


def channels() -> list[tuple[str, str]]:
    """By which way somebody said something."""
    return [
        ("phone", _("Telepon")),
        ("whatsapp", _("WhatsApp")),
        ("letter", _("Surat")),
        ("in_person", _("Bertemu langsung")),
    ]


def channel_words(channel: str) -> str:
    """One of them."""
    return {**dict(channels()), "link": _("Tautan konfirmasi")}.get(channel, channel)


def wishes() -> list[tuple[str, str]]:
    """What the client wants."""
    return [
        ("agrees", _("Ingin pulang")),
        ("guardian_agrees", _("Wali atau orang tua setuju")),
        ("declines", _("Belum mau pulang")),
    ]


def answer_words(answer: str) -> str:
    """What the receiver said."""
    return {"accepts": _("Menerima"), "declines": _("Menolak")}.get(answer, answer)


def conditions() -> list[tuple[str, str]]:
    """What is looked at before somebody travels."""
    return [
        ("confused", _("Bingung atau lupa tempat dan waktu?")),
        ("ill", _("Sedang sakit?")),
        ("unstable", _("Gangguan jiwa yang belum stabil?")),
        ("deaf_mute", _("Tuli atau tidak dapat berbicara?")),
    ]


def reason_words(reason: str) -> str:
    """Why somebody never travels alone."""
    return {
        "child": _("anak"),
        "confused_elder": _("lanjut usia dan bingung"),
        "ill": _("sedang sakit"),
        "unstable": _("gangguan jiwa yang belum stabil"),
        "deaf_mute_unidentified": _("tuli-bisu tanpa identitas"),
    }.get(reason, reason)


def exception_kinds() -> list[tuple[str, str]]:
    """What may be asked to go without."""
    return [
        ("identity", _("Identitas belum tingkat 3")),
        ("police_letter", _("Tanpa surat polisi")),
        ("escort", _("Tanpa pendamping")),
    ]


def exception_words(kind: str) -> str:
    """One of them."""
    return dict(exception_kinds()).get(kind, kind)


def need_words(need: str) -> tuple[str, str]:
    """A need of the departure: what, and why or how."""
    return {
        "identity": (_("Identitas tingkat 3"), _("Dokumen dilihat, atau pengecualian Kepala Bidang.")),
        "wish": (_("Keinginan klien"), _("Orang dewasa tidak dipulangkan melawan kehendaknya.")),
        "answer": (
            _("Jawaban menerima dari penerima"),
            _("Siapa, kapan, lewat apa, dan kata-katanya, sebelum berangkat."),
        ),
        "police_letter": (_("Nomor surat polisi"), _("Surat keterangan orang telantar, atau pengecualian.")),
        "condition": (_("Keadaan sebelum berangkat"), _("Menentukan perlu tidaknya pendamping.")),
        "legs": (_("Ruas perjalanan"), _("Paling sedikit satu ruas sampai penerima.")),
        "tickets": (
            _("Tiket setiap ruas"),
            _("Angkutan, nomor tiket, tarif, jam. Bantuan berupa tiket, bukan uang."),
        ),
        "escort": (_("Pendamping"), _("Aturan: tidak bepergian sendiri.")),
    }[need]


def place_of_need(page: TripPage, need: str) -> tuple[str, str]:
    """Where a need is met, and the verb on the button."""
    trip_id = page.trip.pk
    leg = next(
        (
            each.row
            for each in page.legs
            if each.row.state == rules.LEG_PLANNED and not rules.has_ticket(each.row)
        ),
        page.next_leg,
    )
    alone = next(
        (
            each.row
            for each in page.legs
            if each.row.state == rules.LEG_PLANNED and each.row.escort == "alone"
        ),
        leg,
    )
    places = {
        "identity": (reverse("trip_exception", args=[trip_id]) + "?jenis=identity", _("Minta pengecualian")),
        "wish": (reverse("trip_change", args=[trip_id]), _("Catat keinginan")),
        "answer": (reverse("trip_answer", args=[trip_id]), _("Catat jawaban")),
        "police_letter": (reverse("trip_letter", args=[trip_id]), _("Isi nomor")),
        "condition": (reverse("trip_condition", args=[trip_id]), _("Catat keadaan")),
        "legs": (reverse("leg_new", args=[trip_id]), _("Tambah ruas")),
        "tickets": (
            reverse("leg_edit", args=[trip_id, leg.pk]) if leg else reverse("leg_new", args=[trip_id]),
            _("Isi tiket"),
        ),
        "escort": (
            reverse("leg_edit", args=[trip_id, alone.pk]) if alone else reverse("leg_new", args=[trip_id]),
            _("Pilih pendamping"),
        ),
    }
    return places[need]


def checklist(page: TripPage) -> dict[str, Any]:
    """The needs of the departure for ``evidence_gap``: the missing first, each with its way."""
    may = "trip.plan" in page.may
    missing, present = [], []
    for need, met in page.needs.items():
        what, why = need_words(need)
        if met:
            present.append({"what": what, "when": None, "who": _present_by(page, need), "href": ""})
            continue
        href, action = place_of_need(page, need) if may else ("", "")
        missing.append({"what": what, "why": why, "href": href, "action": action})
    return {"missing": missing, "present": present}


def _present_by(page: TripPage, need: str) -> str:
    if need == "answer":
        counted = next((each for each in page.answers if each.counts), None)
        return f"{counted.who}, {wib(counted.answered_at)}" if counted else ""
    if need == "police_letter":
        return page.trip.police_letter
    if need == "condition":
        return str(page.content.get("condition_by", ""))
    return ""


def leg_rows(page: TripPage) -> list[dict[str, Any]]:
    """The legs for the tracking list, in order."""
    return [_leg_row(page, each) for each in page.legs]


def _leg_row(page: TripPage, shown: LegShown) -> dict[str, Any]:
    leg = shown.row
    edits = (
        leg.state == rules.LEG_PLANNED and "trip.plan" in page.may and page.trip.state in rules.OPEN_STATES
    )
    return {
        "leg": leg,
        "escort": shown.escort,
        "received_by": shown.received_by,
        "went_wrong": shown.went_wrong,
        "state": leg_state_words(leg.state),
        "step": {"done": "done", "running": "now", "cancelled": "cancelled"}.get(leg.state, "next"),
        "edit": reverse("leg_edit", args=[page.trip.pk, leg.pk]) if edits else "",
        "drop": reverse("leg_drop", args=[leg.pk]) if edits else "",
    }


def next_step(page: TripPage) -> dict[str, str] | None:
    """The one main action of the page: where, the verb, and a line that says why."""
    if "trip.plan" not in page.may:
        return None
    by_state = {
        rules.PLANNED: _departure,
        rules.HELD_UP: _departure,
        rules.UNDER_WAY: _on_the_road,
        rules.TRACING: _looking,
    }
    step = by_state.get(page.trip.state)
    return step(page) if step else None


def _departure(page: TripPage) -> dict[str, str] | None:
    if not all(page.needs.values()) or page.next_leg is None:
        return None
    label = _("Berangkatkan") if page.trip.state == rules.PLANNED else _("Berangkatkan lagi")
    return _step("trip_depart", page, label, f"{page.next_leg.origin} → {page.next_leg.target}")


def _on_the_road(page: TripPage) -> dict[str, str]:
    leg = page.next_leg
    if page.running is not None and leg is not None:
        return _step("trip_next", page, _("Catat diterima"), page.running.target)
    if leg is not None:
        return _step("trip_go_on", page, _("Ruas berikutnya berangkat"), f"{leg.origin} → {leg.target}")
    why = _("Hanya dari penerima: siapa, kapan, lewat apa.")
    return _step("trip_arrive", page, _("Catat konfirmasi tiba"), why)


def _looking(page: TripPage) -> dict[str, str]:
    return _step("trip_found", page, _("Catat ditemukan"), _("Siapa yang bersamanya sekarang?"))


def _step(name: str, page: TripPage, label: str, why: str) -> dict[str, str]:
    return {"href": reverse(name, args=[page.trip.pk]), "label": label, "why": why}


def step_words(step: str) -> str:
    """A step after a death."""
    return {
        "police": _("Lapor polisi"),
        "visum": _("Visum"),
        "identification": _("Identifikasi"),
        "publication": _("Pengumuman"),
        "claim": _("Diserahkan kepada keluarga"),
        "burial": _("Pemakaman"),
        "later_claim": _("Keluarga datang kemudian"),
    }.get(step, step)


def step_hint(step: str) -> str:
    """What the step is for."""
    return {
        "police": _("Polres menerima laporan dan memberi nomor."),
        "visum": _("Rumah sakit atau puskesmas memeriksa."),
        "identification": _("Sidik jari, ciri, dan pencocokan keluarga; dapat diulang."),
        "publication": _("Dicari keluarganya selama masa pengumuman."),
        "claim": _("Keluarga menerima jenazah dengan bukti hubungan."),
        "burial": _("Tempat dan tanggal pemakaman."),
        "later_claim": _("Keluarga menemukan makamnya."),
    }.get(step, "")


def piece_label(step: str, name: str) -> str:
    """What a field of a step asks."""
    who = {
        "police": _("Siapa di kepolisian yang menerima laporan"),
        "visum": _("Dokter atau tempat pemeriksaan"),
        "identification": _("Siapa yang memeriksa"),
        "claim": _("Siapa yang menerima dan hubungannya"),
        "burial": _("Siapa yang memakamkan"),
        "later_claim": _("Siapa yang datang dan hubungannya"),
    }
    where = {
        "publication": _("Diumumkan di mana"),
        "burial": _("Tempat pemakaman, blok dan nomor makam"),
    }
    return {
        "who": who.get(step, ""),
        "where": where.get(step, ""),
        "number": _("Nomor surat"),
        "proof": _("Bukti hubungan keluarga"),
        "result": _("Hasil"),
        "reason": _("Bila sebelum masa pengumuman selesai: alasan dan siapa yang menyetujui"),
        "words": _("Catatan"),
        "until": _("Diumumkan sampai"),
    }[name]


def results() -> list[tuple[str, str]]:
    """What an identification brought."""
    return [("found", _("Dikenali")), ("not_found", _("Belum dikenali"))]
