"""One boy, two "mothers", one motorcycle: three contacts of two teams that together reach Unit PPA (practice.md S8)."""

from __future__ import annotations

from rangkul.training.hands import Hands

CANGUK = "33.71.02.1005"
_PLATE = "AA 9999 ZZ"


def load_patterns(hands: Hands) -> None:
    """Everybody is invented, and so is the number plate. The third contact is of last night."""
    for days, team, name, words in (
        (11, hands.regu1, "Sulastri", "Anak tidur di gendongan; ibu menjauh saat regu datang."),
        (5, hands.regu2, "Murniasih", "Anak membawa gelas plastik, tampak lelah."),
        (1, hands.regu1, "Murniasih", "Motor yang sama menunggu di seberang jalan."),
    ):
        hands.meet(
            team,
            hands.ago(days=days, hours=11),
            "unit_ppa",
            CANGUK,
            sex="L",
            age="6-12",
            ground="pelindungan_anak",
            gate=("child",),
            category="anak_jalanan",
            place_words="Lampu merah Canguk",
            seen={
                "clothes": "kaus biru",
                "words": words,
                "adult_sex": "P",
                "adult_name": name,
                "adult_claim": "ibu",
                "plate": _PLATE,
            },
        )
