"""Two leaves to share: one that holds and was read, one that the person took back."""

from __future__ import annotations

from datetime import timedelta

from rangkul.cases.models import Case
from rangkul.consents.actions import NewConsent, give_consent, withdraw_consent
from rangkul.consents.queries import shared_sheet
from rangkul.domain.wib import wib_date
from rangkul.training.hands import Hands


def load_consents(hands: Hands) -> None:
    """Rini shares with UPTD PPA for counselling; with a health centre it was too much, the client said so."""
    case = Case.objects.filter(
        holder_id=hands.rini.post_id, closed_at__isnull=True, sensitivity="ordinary", person__is_minor=False
    ).order_by("opened_at", "pk")[0]
    given = hands.ago(days=2)
    new = NewConsent(
        receiver=f"post:{hands.uptd.post_id}",
        items=("name", "sex_age", "holder", "plan"),
        purpose="pelindungan",
        basis="consent",
        given_by="subject",
        words="Di ruang konseling Dinsos, lisan, dibacakan lebih dahulu; disaksikan relawan.",
        until=wib_date(hands.at) + timedelta(days=90),
    )
    live = give_consent(case.pk, new, by=hands.rini, at=given)
    shared_sheet(hands.uptd, live.pk, given + timedelta(hours=3))
    over = give_consent(
        case.pk,
        NewConsent(
            receiver=f"post:{hands.nakes.post_id}",
            items=("name", "health", "assessment"),
            purpose="kesehatan",
            basis="consent",
            given_by="subject",
            words="Di rumah singgah, lisan, dibacakan lebih dahulu.",
            until=wib_date(hands.at) + timedelta(days=30),
        ),
        by=hands.rini,
        at=given,
    )
    withdraw_consent(
        over.pk,
        "subject",
        "Lewat telepon: cukup hasil kesehatannya saja, jangan asesmennya.",
        by=hands.rini,
        at=given + timedelta(hours=20),
    )
