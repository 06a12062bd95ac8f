"""One request of each kind, a hold, so that the officer's pages have something to show. Invented, as everything here."""

from __future__ import annotations

from uuid import UUID

from rangkul.cases.models import Case
from rangkul.people.models import Person
from rangkul.rights.actions import DecisionInput, RequestInput, decide, receive
from rangkul.rights.carrying import Change, carry_out_correction
from rangkul.rights.erasing import prepare_erasure, preview
from rangkul.rights.holds import set_hold
from rangkul.training.hands import Hands


def load_rights(hands: Hands) -> None:
    """Access waits to be decided, a correction is done, a withdrawal is refused, a restriction waits to be carried out.

    An erasure waits for its second person; one request is not tied to anybody yet.
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
    _erasure(hands)


def _erasure(hands: Hands) -> None:
    """Somebody whose cases are all closed; of somebody else nothing may be destroyed."""
    closed = Person.objects.filter(cases__closed_at__isnull=False, is_minor=False, merged_into__isnull=True)
    gone = closed.exclude(cases__closed_at__isnull=True).distinct().order_by("registered_at", "pk")[:2]
    rows = list(gone)
    if rows:
        erasure = _asked(hands, "erasure", rows[0], 26, "Saya sudah bekerja; hapus catatan saya.")
        decide(erasure, DecisionInput(outcome="granted"), by=hands.ppdp, at=hands.ago(hours=8))
        seen = preview(erasure, by=hands.ppdp).mark
        prepare_erasure(erasure, seen, by=hands.ppdp, at=hands.ago(hours=7))
    if len(rows) > 1:
        set_hold(
            rows[1].code,
            "KUHAP",
            "Saksi dalam perkara yang berjalan (rekaan)",
            by=hands.ppdp,
            at=hands.ago(hours=6),
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
