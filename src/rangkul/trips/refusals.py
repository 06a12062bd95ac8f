"""What a trip or a death refuses, beside the rules of the domain."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, Conflict


class TripOpen(Conflict):
    """A case has at most one open trip."""

    code = "trip_open"
    says = N_("Kasus ini sudah punya pemulangan yang berjalan. Lanjutkan di sana.")


class TripOver(Conflict):
    """Arrived or given up; nothing is added."""

    code = "trip_over"
    says = N_("Pemulangan ini sudah selesai.")


class DestinationMissing(BadInput):
    """Where to."""

    code = "trip_destination_missing"
    says = N_("Pilih daerah tujuan, atau tulis kabupaten/kotanya.")


class ReceiverMissing(BadInput):
    """Who receives."""

    code = "trip_receiver_missing"
    says = N_("Pilih siapa yang menerima: Dinsos daerah tujuan, atau nama keluarganya.")


class LegUnknown(Conflict):
    """The leg is not one that can be changed now."""

    code = "leg_unknown"
    says = N_("Ruas ini sudah berjalan atau selesai, jadi tidak dapat diubah. Muat ulang halaman.")


class LegWordsMissing(BadInput):
    """From where to where."""

    code = "leg_words_missing"
    says = N_("Tulis dari mana ke mana ruas ini, paling panjang 120 huruf.")


class EscortMissing(BadInput):
    """An escort without a name or post."""

    code = "escort_missing"
    says = N_("Pilih jabatan yang mendampingi, atau tulis nama pendampingnya.")


class MomentWrong(BadInput):
    """Something happened in the future, or before what must come first."""

    code = "trip_moment_wrong"
    says = N_("Waktunya harus sesudah {after} dan tidak di masa depan.")


class AskedAlready(Conflict):
    """At most one request of a kind waits."""

    code = "trip_exception_waiting"
    says = N_("Permintaan ini sedang menunggu keputusan Kepala Bidang.")


class NotNeeded(Conflict):
    """Nothing to except from."""

    code = "trip_exception_not_needed"
    says = N_("Pengecualian ini tidak diperlukan: syaratnya sudah terpenuhi.")


class Decided(Conflict):
    """Somebody decided before."""

    code = "trip_exception_decided"
    says = N_("Permintaan ini sudah diputuskan.")


class NotOwnRequest(Conflict):
    """Who asks does not decide."""

    code = "trip_not_own_request"
    says = N_("Yang meminta tidak memutuskan. Keputusan ada pada jabatan lain.")


class NoLegRuns(Conflict):
    """Nothing to end."""

    code = "no_leg_runs"
    says = N_("Tidak ada ruas yang sedang berjalan. Berangkatkan ruas berikutnya dahulu.")


class LastLeg(Conflict):
    """The last leg does not end at a relay; it ends with the receiver's confirmation."""

    code = "last_leg"
    says = N_("Ini ruas terakhir. Tiba hanya dicatat dari konfirmasi penerima.")


class AmountWrong(BadInput):
    """A cost is whole rupiah, against a receipt."""

    code = "trip_amount_wrong"
    says = N_("Tulis jumlah dalam rupiah bulat, lebih dari 0, beserta nomor kuitansinya.")


class ServicesRecorded(Conflict):
    """Once per trip."""

    code = "trip_services_recorded"
    says = N_("Layanan pemulangan ini sudah dicatat.")


class NothingProven(Conflict):
    """No service of the trip is proven yet."""

    code = "trip_nothing_proven"
    says = N_("Layanan dicatat sesudah penerima mengonfirmasi kedatangan.")


class DeathRecorded(Conflict):
    """Recorded before, or nothing else may be done in this case."""

    code = "death_recorded"
    says = N_("Kematian sudah dicatat pada kasus ini. Lanjutkan langkah-langkahnya di sana.")


class StepMissing(BadInput):
    """A step without what it must say."""

    code = "death_step_missing"
    says = N_("Lengkapi bagian ini: {label}.")
