"""Protocols and sessions of the training instance: the years of covid-19, the night procedure of today, two sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from rangkul.protocols.actions import SessionInput, hold_session, switch_off, switch_on
from rangkul.training.hands import Hands


def load_protocols(hands: Hands, progress: Callable[[str], None]) -> None:
    """A health protocol that was on and ended; a procedure that is on; education and guidance sessions."""
    kabid = hands.kabid
    reason = "Wabah covid-19: unit provinsi menutup penerimaan (rekaan latihan; tanggal belum dipastikan)"
    switch_on("wabah", date(2020, 3, 16), reason, by=kabid, at=hands.ago(days=1))
    switch_off("wabah", date(2022, 12, 30), by=kabid, at=hands.ago(days=1))
    since = hands.today - timedelta(days=40)
    switch_on("penjangkauan_malam", since, "Kesepakatan rapat koordinasi", by=kabid, at=hands.ago(days=1))
    hold_session(
        SessionInput(
            kind="education",
            topic="Melapor orang telantar tanpa memotret wajah",
            audience="Warga dan pengurus RW",
            place="Balai Kelurahan Rejowinangun Utara",
            speaker="Dinas Sosial",
            held_on=hands.today - timedelta(days=12),
            attended=27,
        ),
        by=hands.kesra,
        at=hands.ago(days=11),
    )
    hold_session(
        SessionInput(
            kind="guidance",
            topic="Merencanakan pulang dan mencari kerja",
            audience="Penghuni Rumah Singgah",
            place="Ruang makan Rumah Singgah",
            held_on=hands.today - timedelta(days=3),
            attended=6,
        ),
        by=hands.rini,
        at=hands.ago(days=2),
    )
    progress("protokol dan sesi bimbingan")
