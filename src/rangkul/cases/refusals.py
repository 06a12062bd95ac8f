"""Every refusal of the cases, with the words that people read."""

from __future__ import annotations

from rangkul.domain import closing, stages
from rangkul.domain.errors import N_, BadInput, Conflict, NotAllowed


class OpenCaseExists(Conflict):
    """A person has at most one open ordinary case (design §3.1). ``case_code`` is the first one."""

    code = "open_case_exists"
    says = N_("Orang ini sudah punya kasus terbuka, {case_code}. Lanjutkan di kasus itu.")


class ContactHasNoPerson(Conflict):
    """A contact on which nobody was met, or whose person is not in the register."""

    code = "contact_has_no_person"
    says = N_("Kontak ini belum terhubung dengan orangnya. Catat orangnya dahulu, lalu buka kasus.")


class ContactNotComplete(Conflict):
    """The first stage lacks something that stands on the contact. ``missing`` are codes of needs."""

    code = "contact_not_complete"
    says = N_("Kasus belum dapat dibuka. Di kontak masih kurang: {labels}. Lengkapi di halaman kontak.")


class TripNotOver(Conflict):
    """Somebody is on the way home, or is about to be: the holder stays until the receiver has them."""

    code = "trip_not_over"
    says = N_("Masih ada pemulangan yang berjalan. Selesaikan atau batalkan dahulu di halaman pemulangan.")


class JoinByBoth(Conflict):
    """Two cases of one person are joined by both holders (design §3.1)."""

    code = "join_by_both"
    says = N_(
        "Orang ini punya dua kasus terbuka. Gabungkan di halaman “Gabungkan kasus”, dengan pemegang keduanya."
    )


class NothingToJoin(Conflict):
    """The person has no second open case any more."""

    code = "nothing_to_join"
    says = N_("Tidak ada lagi dua kasus terbuka untuk digabung. Muat ulang halaman kasus.")


class JoinNotYours(NotAllowed):
    """The two holders decide; the head after two working days."""

    code = "join_not_yours"
    says = N_("Penggabungan diputuskan kedua pemegang kasus; setelah 2 hari kerja oleh kepala dinas.")


class HolderStays(Conflict):
    """Somebody has died: who holds the case holds it until burial or claim (domain/practice.md F22)."""

    code = "holder_stays"
    says = N_(
        "Orang ini meninggal. Pemegang kasus tetap sampai pemakaman atau penyerahan kepada keluarga dicatat."
    )


class WordsMissing(BadInput):
    """A reason, words or answer is needed here."""

    code = "words_missing"
    says = N_("Tulis dahulu bagian ini.")


class WordsTooLong(BadInput):
    """More than the field holds."""

    code = "words_too_long"
    says = N_("Tulisan ini terlalu panjang: paling banyak {most} huruf.")


class UnreadableSign(BadInput):
    """A control sign that no keyboard types."""

    code = "unreadable_sign"
    says = N_("Ada tanda yang tidak dapat disimpan. Ketik ulang bagian ini.")


class ChoiceUnknown(BadInput):
    """Not one of the choices offered."""

    code = "choice_unknown"
    says = N_("Pilih salah satu dari daftar.")


class DateMissing(BadInput):
    """A date is needed and was not given, or cannot be read."""

    code = "date_missing"
    says = N_("Tulis tanggalnya, misalnya {example}.")


class DateInFuture(BadInput):
    """What was done cannot lie ahead."""

    code = "date_in_future"
    says = N_("Tertulis {written}, hari ini {today}. Periksa tanggalnya.")


class DateInPast(BadInput):
    """What is planned cannot lie behind."""

    code = "date_in_past"
    says = N_("Tertulis {written}, hari ini {today}. Pilih hari ini atau sesudahnya.")


class DateBeforeBirth(BadInput):
    """Before the earliest birth date that fits what is known of the person."""

    code = "date_before_birth"
    says = N_("Tertulis {written}, lahir {born}. Periksa tahunnya.")


class AssessmentNotFinished(BadInput):
    """A finished assessment speaks of all four domains (Permensos 7/2021: bio, psycho, social, spiritual)."""

    code = "assessment_not_finished"
    says = N_("Asesmen belum dapat diselesaikan: bagian {labels} masih kosong. Draf tetap tersimpan.")


class SpmTypesMissing(BadInput):
    """One or more SPM types, each with its items, or none (design §3.3)."""

    code = "spm_types_missing"
    says = N_("Pilih jenis SPM yang sesuai, atau “tidak satu pun”.")


class RatingNotComplete(BadInput):
    """All five domains, 0 to 4."""

    code = "rating_not_complete"
    says = N_("Nilai kelima bidang keberfungsian sosial, masing-masing 0 sampai 4.")


class OnlySocialWorker(NotAllowed):
    """Only a social worker finishes an assessment (design §3.3)."""

    code = "only_social_worker"
    says = N_("Hanya pekerja sosial yang dapat menyelesaikan asesmen. Draf Anda tetap tersimpan.")


class AlreadyFinished(Conflict):
    """A finished assessment is not edited: a new one is made, or the wrong one voided."""

    code = "assessment_already_finished"
    says = N_("Asesmen ini sudah selesai. Buat asesmen baru, atau batalkan yang keliru dengan alasan.")


class AlreadyVoided(Conflict):
    """The row was voided before."""

    code = "already_voided"
    says = N_("Catatan ini sudah dibatalkan.")


class AlreadyDropped(Conflict):
    """The plan line was dropped before."""

    code = "already_dropped"
    says = N_("Baris rencana ini sudah dihentikan.")


class AlreadyJudged(Conflict):
    """The goal has its outcome."""

    code = "goal_already_judged"
    says = N_("Tujuan ini sudah dinilai.")


class PlanIsEmpty(Conflict):
    """Nobody can agree to a plan without a line."""

    code = "plan_is_empty"
    says = N_("Rencana belum berisi. Tambahkan layanan dahulu, lalu catat persetujuan.")


class VisitAlreadyRecorded(Conflict):
    """The visit has its outcome."""

    code = "visit_already_recorded"
    says = N_("Kunjungan ini sudah dicatat oleh {who}.")


class OwnerMissing(BadInput):
    """A visit has a post that makes it."""

    code = "visit_owner_missing"
    says = N_("Pilih jabatan yang berkunjung.")


class AlreadySeen(Conflict):
    """The head saw the override before."""

    code = "override_already_seen"
    says = N_("Langkah khusus ini sudah dilihat.")


class NothingToOverride(Conflict):
    """The step is open in the ordinary way."""

    code = "nothing_to_override"
    says = N_("Semua bukti sudah ada. Langkah ini dapat diambil dengan cara biasa.")


class KindNotYours(NotAllowed):
    """This kind of evidence is recorded by others."""

    code = "evidence_kind_not_yours"
    says = N_("Bukti jenis ini dicatat oleh jabatan lain.")


class RuleVersionUnknown(Conflict):
    """The case was opened under rules that the city's files no longer hold."""

    code = "rule_version_unknown"
    says = N_("Aturan tahapan versi {version} tidak ada dalam data kota. Hubungi admin.")


class StageNotReady(stages.EvidenceMissing):
    """The domain's refusal, with the words of the city's tables. ``labels`` follow the order of ``missing``."""

    says = N_("Belum dapat masuk tahap {order}, {label}. Masih kurang: {labels}.")

    def __init__(self, *, target: str, missing: tuple[str, ...], order: int, label: str, labels: str) -> None:
        super().__init__(target=target, missing=missing)
        self.facts |= {"order": order, "label": label, "labels": labels}

    def __str__(self) -> str:
        return self.says.format(**self.facts)


class StepNotThere(stages.MoveNotAllowed):
    """The domain's refusal, with the labels of the two stages."""

    says = N_(
        "Dari {origin_label} belum dapat ke {target_label}. Lalui tahap di antaranya, "
        "atau ambil langkah khusus dengan alasan."
    )


class ReasonNotFromHere(closing.ClosingTooEarly):
    """The domain's refusal, with the labels of the stages."""

    says = N_("Alasan ini berlaku pada tahap {labels}. Teruskan tahapannya, atau pilih alasan lain.")


class PostUnknown(BadInput):
    """No working post with this id."""

    code = "post_unknown"
    says = N_("Pilih jabatan dari daftar.")


class AlreadyInTeam(Conflict):
    """The post works on the case already."""

    code = "already_in_team"
    says = N_("{post} sudah ikut dalam kasus ini.")


class NobodyToHold(BadInput):
    """A sealed case is held by a post for women and children."""

    code = "nobody_to_hold"
    says = N_(
        "Pilih paling sedikit satu petugas PPA: jabatannya menjadi penanggung jawab kasus terbatas ini."
    )


class ReaderUnknown(BadInput):
    """Not a member in a post that may read a sealed case."""

    code = "reader_unknown"
    says = N_("Pilih petugas dari daftar.")


class NotTrained(BadInput):
    """The post is not trained for violence, trafficking or children."""

    code = "not_trained"
    says = N_("{name} ({post}) belum dapat masuk tim: jabatannya belum tercatat terlatih.")


class ReaderAlready(Conflict):
    """Knows of the case already."""

    code = "reader_already"
    says = N_("Petugas ini sudah masuk tim.")


class LastReader(Conflict):
    """The post that holds the case keeps a reader."""

    code = "last_reader"
    says = N_("Jabatan penanggung jawab harus tetap punya petugas yang tahu. Tambahkan penggantinya dahulu.")


class SealedAlready(Conflict):
    """This is a sealed case."""

    code = "sealed_already"
    says = N_("Kasus ini sudah terbatas.")


class GuardedAlready(Conflict):
    """Protected, or more."""

    code = "guarded_already"
    says = N_("Kasus ini sudah terlindung.")


class GuardStays(Conflict):
    """What the case is about guards it."""

    code = "guard_stays"
    says = N_(
        "Kasus ini tetap terlindung: menyangkut anak, bahaya atau kesehatan. Itu tidak dapat diturunkan."
    )


class StepWaiting(Conflict):
    """One at a time."""

    code = "step_waiting"
    says = N_("Sudah ada permintaan menurunkan yang menunggu keputusan.")


class StepDecided(Conflict):
    """Somebody was first."""

    code = "step_decided"
    says = N_("Permintaan ini sudah diputuskan. Muat ulang halaman.")


class SecondPersonNeeded(NotAllowed):
    """Four eyes."""

    code = "second_person_needed"
    says = N_("Yang meminta tidak memutuskan sendiri. Penyelia lain yang memutuskan.")


class NobodyExcluded(BadInput):
    """Exactly one member, post or agency."""

    code = "nobody_excluded"
    says = N_("Pilih satu: petugas, jabatan, atau instansi.")


class ExcludesSelf(BadInput):
    """Nobody locks themselves out."""

    code = "excludes_self"
    says = N_(
        "Anda sendiri termasuk di dalamnya. Serahkan kasusnya dahulu, lalu penerimanya yang mengecualikan."
    )


class ExcludesHolder(BadInput):
    """A case keeps a holder who can see it."""

    code = "excludes_holder"
    says = N_("Pemegang kasus tidak dapat dikecualikan. Serahkan kasusnya dahulu.")


class ExcludedAlready(Conflict):
    """On the list already."""

    code = "excluded_already"
    says = N_("Sudah ada di daftar pengecualian.")
