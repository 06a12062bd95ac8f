"""Requests of several kinds, so that the officer's pages have something to show. Invented, as everything here."""

from __future__ import annotations

from uuid import UUID

from rangkul.cases.models import Case
from rangkul.people.models import Person
from rangkul.rights.actions import DecisionInput, RequestInput, decide, receive
from rangkul.rights.carrying import Change, carry_out_correction
from rangkul.training.hands import Hands


def load_rights(hands: Hands) -> None:
    """Access waits to be decided, a correction is done, a withdrawal is refused, a restriction waits to be carried out.

    One request is not tied to anybody yet.
    """
    open_cases = Case.objects.filter(closed_at__isnull=True, person__is_minor=False, sensitivity="ordinary")
    people = [case.person for case in open_cases.select_related("person").order_by("opened_at", "pk")[:4]]
    _asked(hands, "access", people[0], 20, "Saya ingin tahu apa yang dicatat tentang saya.")
    corrected = _asked(hands, "correction", people[1], 60, "Nama panggilan saya salah ditulis.")
    decide(corrected, DecisionInput(outcome="granted"), by=hands.ppdp, at=hands.ago(hours=40))
    carry_out_correction(
        corrected, Change(kind="alias", value="Pakde"), by=hands.ppdp, at=hands.ago(hours=39)
    )
    refused = _asked(hands, "withdrawal", people[2], 50, "Saya tarik persetujuan saya.")
    decide(
        refused,
        DecisionInput(
            outcome="refused",
            ground="bukan_berdasar_persetujuan",
            words="Layanan ini dijalankan menurut kewenangan kota; tidak ada izin berbagi yang terbuka.",
        ),
        by=hands.ppdp,
        at=hands.ago(hours=30),
    )
    restricted = _asked(
        hands, "restriction", people[3], 10, "Jangan ada yang membuka data saya selain Bu Rini."
    )
    decide(restricted, DecisionInput(outcome="granted"), by=hands.ppdp, at=hands.ago(hours=4))
    receive(
        _input(
            "access",
            "",
            "Anak saya pernah ditolong di sini.",
            asker="guardian",
            authority="birth_certificate",
        ),
        by=hands.piket,
        at=hands.ago(hours=3),
    )


def _asked(hands: Hands, kind: str, person: Person, hours: int, words: str) -> UUID:
    return receive(_input(kind, person.code, words), by=hands.ppdp, at=hands.ago(hours=hours)).pk


def _input(kind: str, code: str, words: str, *, asker: str = "self", authority: str = "") -> RequestInput:
    return RequestInput(
        kind=kind,
        asker=asker,
        channel="desk",
        name="Pemohon Rekaan",
        contact="datang sendiri",
        identity="ktp",
        authority=authority,
        words=words,
        person_code=code,
    )
