"""Emergency access that waits for its review, and one that was reviewed."""

from __future__ import annotations

from datetime import timedelta

from rangkul.cases.emergency_actions import end_ticket, open_ticket, review_ticket
from rangkul.cases.models import Case
from rangkul.training.hands import Hands


def load_emergencies(hands: Hands) -> None:
    """Bagas opened two of Rini's cases: the DPO has reviewed the older, the newer waits."""
    held = Case.objects.filter(
        holder_id=hands.rini.post_id, closed_at__isnull=True, sensitivity="ordinary", person__is_minor=False
    ).order_by("opened_at", "pk")
    older, newer = held[0], held[1]
    then = hands.ago(days=6)
    first = open_ticket(
        older.code,
        "nyawa",
        "Klien pingsan di loket; perlu tahu obat dan alergi sebelum ambulans datang.",
        by=hands.bagas,
        at=then,
    )
    if first is not None:
        end_ticket(first.pk, by=hands.bagas, at=then + timedelta(minutes=12))
        review_ticket(
            first.pk,
            "justified",
            "Sesuai catatan PSC 119; hanya bagian kesehatan yang dibuka.",
            by=hands.ppdp,
            at=then + timedelta(hours=20),
        )
    open_ticket(
        newer.code,
        "pemegang",
        "Keluarga sudah menunggu di terminal dan pemegang kasus tidak menjawab telepon.",
        by=hands.bagas,
        at=hands.ago(hours=5),
    )
