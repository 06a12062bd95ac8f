"""Why an answer to a pattern was not taken."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput


class VerdictMissing(BadInput):
    """What is it, and what was found."""

    code = "verdict_missing"
    says = N_("Pilih apa yang ditemukan Unit PPA dan tuliskan dasarnya.")
