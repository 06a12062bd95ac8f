"""What can be wrong about looking for somebody."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, Conflict, NotFound


class InquiryUnclear(BadInput):
    """Who looks, how they are related, how they proved who they are, why; and something of whom they look for."""

    code = "inquiry_unclear"
    says = N_(
        "Lengkapi: nama Anda, hubungan, bukti diri, untuk apa, dan paling sedikit nama atau ciri orang yang dicari."
    )


class AnswerUnclear(BadInput):
    """One of the answers, with words."""

    code = "answer_unclear"
    says = N_("Pilih hasilnya dan tuliskan apa yang dikatakan orang itu.")


class MatchEnded(Conflict):
    """Answered before."""

    code = "match_ended"
    says = N_("Kecocokan ini sudah diputuskan.")


class NameInText(BadInput):
    """A tracing text names nobody."""

    code = "name_in_text"
    says = N_("Teks ini memuat nama orangnya: {words}. Sebut ciri, pakaian dan tempat saja.")


class TextUnclear(BadInput):
    """Words, and whom to call."""

    code = "text_unclear"
    says = N_("Tuliskan ciri, pakaian, tempat dan waktu, dan siapa yang dihubungi.")


class SecondNeeded(Conflict):
    """The one who wrote it cannot approve it."""

    code = "second_needed"
    says = N_("Teks disetujui orang lain, bukan penulisnya.")


class ProofsMissing(Conflict):
    """A child is released against every proof."""

    code = "proofs_missing"
    says = N_("Belum lengkap: {what}. Anak tetap dalam perlindungan sampai semua bukti ada.")


class ClaimOver(Conflict):
    """Released or refused before."""

    code = "claim_over"
    says = N_("Pengakuan ini sudah selesai.")


class NoChild(NotFound):
    """Claims are made on a child only."""
