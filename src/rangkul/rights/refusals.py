"""What can be wrong about a request of the person; the rules' own refusals stand in ``domain.rights``."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, Conflict


class RequestUnclear(BadInput):
    """What is asked, by whom, through which way."""

    code = "rights_request_unclear"
    says = N_("Pilih apa yang diminta, dan catat nama pemohon serta cara menghubunginya.")


class PersonNotFound(BadInput):
    """No record with this code that this post could name."""

    code = "rights_person_not_found"
    says = N_(
        "Kode orang ini belum ditemukan. Periksa lagi, atau kosongkan agar piket mencocokkannya kemudian."
    )


class NotTied(Conflict):
    """Nothing is carried out before it is known about whom."""

    code = "rights_not_tied"
    says = N_("Cocokkan dahulu permintaan ini dengan orangnya, lalu putuskan.")


class ChangeUnclear(BadInput):
    """A correction says what is to be written instead."""

    code = "rights_change_unclear"
    says = N_("Pilih keterangan yang diperbaiki dan tuliskan isinya yang benar.")


class NothingToEnd(Conflict):
    """No leave to share is open for this person."""

    code = "rights_nothing_to_end"
    says = N_("Tidak ada izin berbagi yang masih berlaku. Catat itu sebagai jawaban kepada pemohon.")


class AlreadyRestricted(Conflict):
    """It is restricted already."""

    code = "rights_already_restricted"
    says = N_("Pemrosesan data orang ini sudah dibatasi.")


class NotRestricted(Conflict):
    """There is nothing to lift."""

    code = "rights_not_restricted"
    says = N_("Pembatasan ini sudah dicabut.")


class BreachUnclear(BadInput):
    """From when to when, and of whom at most."""

    code = "rights_breach_unclear"
    says = N_("Isi sejak kapan dan sampai kapan, dengan urutan yang benar.")


class NobodyNamed(BadInput):
    """No member, agency or person of this name."""

    code = "rights_nobody_named"
    says = N_("Petugas, instansi atau kode orang ini tidak dikenal.")


class BreachOver(Conflict):
    """It was told or dismissed before."""

    code = "rights_breach_over"
    says = N_("Kegagalan ini sudah diselesaikan.")


class PackKeyMissing(Conflict):
    """The key that packs are sealed with cannot be read."""

    code = "rights_pack_key_missing"
    says = N_("Kata sandi paket tidak terbaca di {path}. Paket tidak dibuat.")


class ErasureHeld(Conflict):
    """Something of the law stops it; what, stands where it was set."""

    code = "rights_erasure_held"
    says = N_(
        "Penghapusan ditahan: ada kewajiban hukum yang masih berjalan. Putuskan permintaan ini dengan alasan sah."
    )


class CaseStillOpen(Conflict):
    """Somebody is being helped now."""

    code = "rights_case_still_open"
    says = N_(
        "Orang ini masih ditolong dalam kasus yang terbuka. Tutup kasusnya dahulu, atau batasi pemrosesannya."
    )


class PreviewNeeded(Conflict):
    """Nobody lets go of what they did not see: something came or went since the page was read."""

    code = "rights_preview_needed"
    says = N_("Lihat dahulu apa yang hilang dan apa yang tinggal. Isinya berubah sejak halaman ini dibuka.")


class HoldUnclear(BadInput):
    """A hold names the person, the law and the reason."""

    code = "rights_hold_unclear"
    says = N_("Isi kode orang, dasar hukum, dan alasannya.")


class RuleUnknown(BadInput):
    """No rule of retention of this name that destroys something."""

    code = "rights_rule_unknown"
    says = N_("Aturan retensi ini tidak dikenal, atau tidak memusnahkan apa pun.")


class NothingPastTime(Conflict):
    """Nothing is due."""

    code = "rights_nothing_past_time"
    says = N_("Belum ada yang lewat masa simpan menurut aturan ini.")


class RunOver(Conflict):
    """Confirmed, applied or dropped before."""

    code = "rights_run_over"
    says = N_("Daftar retensi ini sudah selesai atau sudah ada yang menunggu.")
