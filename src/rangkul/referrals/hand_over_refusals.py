"""Every refusal of a hand-over, with the words that people read."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, Conflict, NotAllowed


class HandOverWaiting(Conflict):
    """At most one waits (design §3.2): the first is named."""

    code = "hand_over_waiting"
    says = N_(
        "Sudah ada serah terima kepada {taker}, ditawarkan {when} dan belum dijawab. "
        "Tarik dahulu, atau tunggu jawabannya."
    )


class AlreadyAnswered(Conflict):
    """Who comes second is told what changed."""

    code = "hand_over_answered"
    says = N_("Serah terima ini sudah {how} oleh {who}, {when}. Isian Anda tidak disimpan di kasus.")


class TakerUnknown(BadInput):
    """Not a working post that can answer for a person."""

    code = "taker_unknown"
    says = N_("Pilih jabatan penerima dari daftar.")


class TakerHolds(BadInput):
    """To oneself."""

    code = "taker_holds_already"
    says = N_("Jabatan ini sudah memegangnya. Pilih jabatan lain.")


class ChildNotToShelter(Conflict):
    """A child is not handed to the adult shelter (practice.md S3, K22)."""

    code = "child_not_to_shelter"
    says = N_(
        "Anak tidak diserahkan ke rumah singgah dewasa. Pilih Satres PPA-PPO, UPTD PPA atau pekerja sosial."
    )


class ConditionMissing(BadInput):
    """The receiver must know how the person is."""

    code = "condition_missing"
    says = N_("Tulis kondisi orangnya saat diserahkan, misalnya “sadar, belum makan, lecet di lutut”.")


class ListTooLong(BadInput):
    """Belongings or documents: one per line."""

    code = "list_too_long"
    says = N_("Paling banyak {most} baris, satu barang atau surat per baris.")


class BelongingsNotTicked(BadInput):
    """Sender and receiver look at the list together."""

    code = "belongings_not_ticked"
    says = N_("Ada barang yang belum dicentang. Periksa bersama, atau tulis apa yang tidak ada.")


class ReasonUnknown(BadInput):
    """A refusal has a coded reason."""

    code = "refusal_reason_unknown"
    says = N_("Pilih alasan belum dapat menerima.")


class NextBodyMissing(BadInput):
    """A refusal names who could take the person; nothing is sent there."""

    code = "next_body_missing"
    says = N_("Sebutkan siapa yang dapat menerima. Tidak ada yang dikirim: pengirim yang memutuskan.")


class PinWrong(BadInput):
    """The PIN on the sender's screen differs; every try counts."""

    code = "pin_wrong"
    says = N_("PIN belum cocok. Masih ada {left} percobaan. Lihat lagi angka di layar pengirim.")


class CodeGone(Conflict):
    """The PIN or QR is too old, was tried too often, or was never shown."""

    code = "hand_over_code_gone"
    says = N_(
        "PIN atau QR ini sudah tidak berlaku. Minta pengirim menampilkan yang baru, atau terima dengan tombol."
    )


class NotWithYou(NotAllowed):
    """Only whoever has the person now hands the person on."""

    code = "person_not_with_you"
    says = N_("Orang ini sekarang bersama {who}. Hanya mereka yang dapat menyerahkannya.")


class AlreadySettled(Conflict):
    """It was said before what became of the thing."""

    code = "belonging_settled"
    says = N_("Barang ini sudah dicatat kembali.")


class OutcomeUnknown(BadInput):
    """What became of a belonging is one of a few things."""

    code = "belonging_outcome_unknown"
    says = N_("Pilih apa yang terjadi dengan barang ini.")


class LetterMissing(BadInput):
    """Accepted in writing: the letter has a number and somebody who signed."""

    code = "acceptance_letter_missing"
    says = N_("Isi nomor surat dan nama yang menerima.")
