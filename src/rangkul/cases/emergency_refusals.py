"""Why an emergency look is not opened, or not reviewed so."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, Conflict, NotAllowed


class ReasonMissing(BadInput):
    """No look without a reason that somebody else can judge."""

    code = "emergency_reason_missing"
    says = N_("Pilih alasannya dan tuliskan mengapa tidak dapat menunggu, agar orang lain dapat menilainya.")


class CodeMissing(BadInput):
    """One case, by its code."""

    code = "emergency_code_missing"
    says = N_("Tulis kode kasusnya.")


class OneAtATime(Conflict):
    """One case, one ticket."""

    code = "emergency_one_at_a_time"
    says = N_("Anda masih punya akses darurat yang terbuka. Tutup itu dahulu.")


class OpensNothing(Conflict):
    """The member sees all of it already."""

    code = "emergency_opens_nothing"
    says = N_("Kasus ini sudah terbuka bagi jabatan Anda, tanpa akses darurat.")


class TooManyTries(Conflict):
    """Codes are not guessed here."""

    code = "emergency_too_many_tries"
    status = 429
    says = N_("Terlalu banyak kode yang tidak dapat dibuka hari ini. Hubungi piket atau Pejabat PDP.")


class TwoPeople(NotAllowed):
    """The second is somebody else."""

    code = "emergency_two_people"
    says = N_("Yang meminta tidak menyetujuinya sendiri. Minta rekan sepiket membukanya dengan akunnya.")


class AskWaits(Conflict):
    """One question at a time."""

    code = "emergency_ask_waits"
    says = N_("Permintaan Anda sebelumnya masih menunggu orang kedua.")


class AskOver(Conflict):
    """Answered, or too old."""

    code = "emergency_ask_over"
    says = N_("Permintaan ini sudah dijawab atau sudah lewat waktunya.")


class TicketLive(Conflict):
    """What may still be used cannot be judged yet."""

    code = "ticket_live"
    says = N_("Akses ini masih terbuka. Hentikan dahulu, atau tunggu sampai berakhir, lalu tinjau.")


class TicketOver(Conflict):
    """It opens nothing any more."""

    code = "ticket_over"
    says = N_("Akses ini sudah berakhir.")


class TicketReviewed(Conflict):
    """One review per ticket; it is never changed."""

    code = "ticket_reviewed"
    says = N_("Akses ini sudah ditinjau. Tinjauan tidak diubah.")


class ReviewsOwn(NotAllowed):
    """Not in this post, and not in another post of the same officer."""

    code = "reviews_own"
    says = N_("Yang membuka akses darurat tidak meninjaunya sendiri.")


class VerdictMissing(BadInput):
    """A verdict and words."""

    code = "verdict_missing"
    says = N_("Pilih hasil tinjauan dan tuliskan dasarnya.")
