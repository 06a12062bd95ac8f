"""Words for looks: what was done, by what right, for what, at which part."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from rangkul.watching.queries import LookLine


def actions() -> dict[str, str]:
    """What a look was."""
    return {
        "attachment.viewed": _("Membuka berkas atau foto"),
        "audit.read": _("Membaca jejak ini"),
        "case.looked": _("Membuka bagian terlindung kasus"),
        "case.viewed": _("Membuka kasus"),
        "contact.looked": _("Membuka bagian terlindung kontak"),
        "contact.viewed": _("Membuka kontak"),
        "death.looked": _("Membuka catatan kematian"),
        "export.made": _("Mengunduh daftar"),
        "grant.looked": _("Membuka yang dibagikan"),
        "hand_over.looked": _("Membaca isi serah terima"),
        "inquiry.claim_looked": _("Membuka pengakuan atas anak"),
        "inquiry.looked": _("Membaca daftar pencarian"),
        "inquiry.match_looked": _("Membuka kecocokan pencarian"),
        "letter.printed": _("Mengambil surat (PDF)"),
        "letter.viewed": _("Membuka surat"),
        "pattern.looked": _("Membuka pola pada anak"),
        "page.printed": _("Mencetak halaman"),
        "person.merge_previewed": _("Membandingkan dua catatan"),
        "person.protected_viewed": _("Membuka keterangan identitas"),
        "person.viewed": _("Membuka halaman orang"),
        "referral.looked": _("Membaca lembar rujukan"),
        "report.looked": _("Membaca nomor pelapor"),
        "report.viewed": _("Membuka laporan"),
        "screening.looked": _("Membaca jawaban penapisan"),
        "spm.drilled": _("Membuka orang di balik angka"),
        "ticket.opened": _("Akses darurat"),
        "trip.looked": _("Membuka pemulangan"),
        "visit.looked": _("Membuka tugas kunjungan"),
    }


def relations() -> dict[str, str]:
    """By what right."""
    return {
        "agency": _("kasus instansinya"),
        "area": _("wilayah jabatannya"),
        "assigned": _("ditugaskan"),
        "city": _("tugas se-kota"),
        "granted": _("berbagi dengan izin"),
        "holder": _("pemegang kasus"),
        "own": _("catatannya sendiri"),
        "sealed_team": _("tim kasus terbatas"),
        "sealed_desk": _("dibuka berdua oleh piket PPA"),
        "team": _("tim kasus"),
        "ticket": _("akses darurat"),
    }


def purposes() -> dict[str, str]:
    """For what."""
    return {
        "layanan": _("layanan"),
        "rujukan": _("rujukan"),
        "supervisi": _("supervisi"),
        "darurat": _("darurat"),
        "hak-subjek": _("hak orangnya"),
        "audit": _("pemeriksaan jejak"),
        "statistik": _("statistik"),
    }


def parts() -> dict[str, str]:
    """Which part; a word that is not here is shown as it is."""
    return {
        "assessment": _("asesmen"),
        "asesmen": _("asesmen"),
        "health": _("kesehatan"),
        "plan": _("rencana"),
        "rencana": _("rencana"),
        "notes": _("catatan"),
        "history": _("riwayat"),
        "riwayat": _("riwayat"),
        "rating": _("keberfungsian"),
        "outside": _("kabar dari luar"),
        "trail": _("jejak akses"),
        "nik": "NIK",
        "no_kk": _("nomor KK"),
        "phone": _("telepon"),
        "address": _("alamat"),
        "domicile": _("domisili"),
        "name": _("nama"),
        "alias": _("nama lain"),
        "photo": _("foto"),
        "mark": _("ciri"),
        "gate": _("gerbang keselamatan"),
        "words": _("uraian"),
        "protection": _("perlindungan"),
        "rights": _("catatan hak"),
        "ground": _("dasar tindakan"),
        "services": _("layanan"),
        "sheet": _("lembar rujukan"),
        "stay": _("masa singgah"),
    }


def why(line: LookLine) -> str:
    """By what right and for what, in one line."""
    said = [relations().get(line.relation, line.relation), purposes().get(line.purpose, line.purpose)]
    return " · ".join(word for word in said if word)


def part_words(codes: Iterable[str]) -> str:
    """What was seen, as words."""
    known = parts()
    return ", ".join(known.get(code, code) for code in codes)


def verdicts() -> dict[str, str]:
    """What may be said of an alarm."""
    return {
        "seen": _("Sudah dilihat; masih ditanyakan"),
        "explained": _("Dapat dijelaskan"),
        "inspectorate": _("Diteruskan ke inspektorat"),
    }
