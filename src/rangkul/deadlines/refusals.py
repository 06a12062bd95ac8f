"""Why a clock may not be changed so."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, Conflict, NotAllowed


class StatutoryLimit(Conflict):
    """The law sets the limit, and lets nobody move it."""

    code = "statutory_limit"
    says = N_(
        "Batas “{label}” ditetapkan oleh {law}: tidak dapat dijeda atau diperpanjang."
        " Selesaikan, atau sampaikan kepada atasan."
    )


class NeverPutOff(Conflict):
    """The review of an emergency look: nobody may move it, not even the one who reviews."""

    code = "never_put_off"
    says = N_("“{label}” tidak dapat dijeda, diperpanjang atau dilewati. Selesaikan sekarang.")


class DueFollowsFact(Conflict):
    """The due moment is a fact of something else (the limit of a stay, a promised day)."""

    code = "due_follows_fact"
    says = N_("Hari tenggat ini mengikuti catatan lain (masa singgah, hari kunjungan). Ubah di catatan itu.")


class ClockOver(Conflict):
    """Done, or its reason fell away."""

    code = "clock_over"
    says = N_("Tenggat ini sudah selesai.")


class ClockStandsStill(Conflict):
    """It is paused already."""

    code = "clock_stands_still"
    says = N_("Tenggat ini sedang dijeda. Lanjutkan dahulu.")


class ClockRuns(Conflict):
    """It is not paused."""

    code = "clock_runs"
    says = N_("Tenggat ini tidak sedang dijeda.")


class AlreadyLate(Conflict):
    """A pause must not hide lateness."""

    code = "already_late"
    says = N_("Tenggat ini sudah lewat, jadi tidak dapat dijeda. Mintalah perpanjangan kepada atasan.")


class PauseDayWrong(BadInput):
    """A pause has an end, and not a far one."""

    code = "pause_day_wrong"
    says = N_("Isi sampai kapan dijeda: sesudah hari ini, paling lama {most} hari.")


class ExtensionMomentWrong(BadInput):
    """More time is more time, and not without end."""

    code = "extension_moment_wrong"
    says = N_("Tenggat baru harus sesudah tenggat sekarang, paling lama {most} hari lagi.")


class ReasonUnknown(BadInput):
    """No change without a reason of the city's list and words of one's own."""

    code = "reason_unknown"
    says = N_("Pilih alasannya dan tuliskan penjelasannya. Tidak ada perubahan tenggat tanpa alasan.")


class ExtensionWaits(Conflict):
    """One request at a time."""

    code = "clock_extension_waits"
    says = N_("Permintaan perpanjangan sebelumnya masih menunggu keputusan {post}.")


class ExtensionOver(Conflict):
    """Somebody decided before."""

    code = "clock_extension_over"
    says = N_("Permintaan ini sudah diputuskan.")


class AskerDoesNotDecide(NotAllowed):
    """Not in this post, and not in another post of the same officer."""

    code = "asker_does_not_decide"
    says = N_("Yang meminta perpanjangan tidak memutuskannya. Keputusan ada pada jabatan di atasnya.")


class NobodyAbove(Conflict):
    """No held post stands above: nobody could decide."""

    code = "nobody_above"
    says = N_("Tidak ada jabatan terisi di atas jabatan ini yang dapat memutuskan. Hubungi admin instansi.")
