"""Every refusal of the referrals, with the words that people read."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, Conflict


class InstitutionUnknown(BadInput):
    """No such institution in the city's directory."""

    code = "institution_unknown"
    says = N_("Pilih lembaga dari direktori.")


class InstitutionClosed(Conflict):
    """It takes nobody now; the alternatives stand in ``next``."""

    code = "institution_closed"
    says = N_("{place} tidak menerima sekarang: {why}. Jalan lain: {next}.")


class ConsentMissing(BadInput):
    """The client agreed, or the ground is recorded why it is done without."""

    code = "consent_missing"
    says = N_("Catat persetujuan klien, atau dasar mengapa dirujuk tanpa persetujuan.")


class CriteriaNotMet(Conflict):
    """Something that the institution cannot set aside is not met. ``labels`` name each, ``next`` the other routes."""

    code = "criteria_not_met"
    says = N_("Belum dapat dirujuk ke {place}. Belum terpenuhi: {labels}. Jalan lain: {next}.")


class ReasonForUnmet(BadInput):
    """Criteria are not met on which the institution decides: it is told why it is asked all the same."""

    code = "reason_for_unmet"
    says = N_("Belum terpenuhi: {labels}. Lembaga yang memutuskan; tulis mengapa tetap dirujuk.")


class AlreadyReferred(Conflict):
    """A referral of this case to this institution is open."""

    code = "already_referred"
    says = N_("Rujukan ke {place} masih terbuka sejak {sent_on}. Tunggu jawabannya, atau tarik dahulu.")


class AlreadyAnswered(Conflict):
    """Somebody answered before; the first answer stands."""

    code = "referral_already_answered"
    says = N_("Rujukan ini sudah dijawab ({answer}) pada {answered_on}. Jawaban pertama yang berlaku.")


class ReferralOver(Conflict):
    """The referral is closed."""

    code = "referral_over"
    says = N_("Rujukan ini sudah selesai. Buat rujukan baru bila masih perlu.")


class NotAcceptedYet(Conflict):
    """A result of something that was not accepted."""

    code = "referral_not_accepted"
    says = N_("Lembaga belum menerima rujukan ini. Catat jawabannya dahulu.")


class AnswerMissing(BadInput):
    """Neither accepted nor declined."""

    code = "answer_missing"
    says = N_("Pilih menerima atau menolak.")


class RefusalReasonMissing(BadInput):
    """A refusal names its reason."""

    code = "refusal_reason_missing"
    says = N_("Pilih alasan penolakan, agar pengirim dapat mencari jalan lain.")


class ResultUnknown(BadInput):
    """Not a result of this kind of institution, or not for this side to record."""

    code = "result_unknown"
    says = N_("Pilih hasil dari daftar.")


class ResultDayMissing(BadInput):
    """This result needs its day."""

    code = "result_day_missing"
    says = N_("Hasil ini perlu tanggalnya.")


class AlreadyChecked(Conflict):
    """The question of this day was asked before."""

    code = "economic_check_done"
    says = N_("Hasil hari ke-{days} sudah dicatat.")


class NothingToDecide(Conflict):
    """The sender decided before, or nothing was refused."""

    code = "nothing_to_decide"
    says = N_("Tidak ada penolakan yang menunggu keputusan.")


class LinkNotForAccounts(Conflict):
    """The institution has posts of its own and answers there."""

    code = "link_not_for_accounts"
    says = N_("{place} punya akun sendiri dan menjawab di sana.")


class StateMissing(BadInput):
    """Nothing was said about the institution."""

    code = "institution_state_missing"
    says = N_("Isi tempat kosong, antrean, atau alasan tutup.")
