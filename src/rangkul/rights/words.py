"""Words of documents that leave the house on paper or as a sheet, and of the pages beside them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _


def bases() -> dict[str, str]:
    """The six lawful bases of Ps. 20."""
    return {
        "consent": _("persetujuan"),
        "contract": _("perjanjian"),
        "legal_obligation": _("kewajiban hukum"),
        "vital_interest": _("kepentingan vital"),
        "public_service": _("pelayanan publik"),
        "legitimate_interest": _("kepentingan yang sah"),
    }


def subjects() -> dict[str, str]:
    """Whose data."""
    return {
        "person": _("orang yang ditolong"),
        "reporter": _("pelapor"),
        "inquirer": _("pencari keluarga"),
        "asker": _("pemohon"),
        "officer": _("petugas"),
    }


def sensitivities() -> dict[str, str]:
    """How sensitive."""
    return {
        "ordinary": _("biasa"),
        "protected": _("terlindung"),
        "sealed": _("tersegel"),
        "aggregate": _("angka"),
    }


def relations() -> dict[str, str]:
    """By which relation somebody reads."""
    return {
        "own": _("catatannya sendiri"),
        "assigned": _("ditugaskan kepadanya"),
        "holder": _("yang dipegangnya"),
        "team": _("timnya"),
        "area": _("wilayahnya"),
        "agency": _("instansinya"),
        "city": _("seluruh kota"),
        "granted": _("yang dibagikan kepadanya"),
        "ticket": _("akses darurat"),
        "sealed_team": _("tim kasus terbatas"),
        "sealed_desk": _("dibuka berdua oleh piket PPA"),
    }


def retention_acts() -> dict[str, str]:
    """What is done when the time is over."""
    return {
        "drop": _("dihapus oleh jam"),
        "shred": _("kuncinya dimusnahkan, oleh dua orang"),
        "erase": _("orangnya dihapus, oleh dua orang"),
        "keep": _("tetap"),
    }


def triggers() -> dict[str, tuple[str, str]]:
    """The seven of Ps. 34, and why they hold or do not."""
    return {
        "automated_decision": (
            _("Keputusan otomatis yang berdampak hukum"),
            _("Tidak ada keputusan otomatis dan tidak ada nilai risiko yang memutuskan; petugas memutuskan."),
        ),
        "specific_data": (_("Data pribadi spesifik"), _("Kesehatan, anak, catatan kepolisian.")),
        "large_scale": (_("Skala besar"), _("Semua orang yang ditolong di kota ini, bertahun-tahun.")),
        "systematic_monitoring": (
            _("Pemantauan atau penilaian sistematis"),
            _("Tidak ada pelacakan petugas, peta orang, atau penilaian orang."),
        ),
        "matching": (
            _("Pencocokan atau penggabungan data"),
            _("Pencocokan calon; manusia memutuskan, dua orang menggabungkan."),
        ),
        "new_technology": (_("Teknologi baru"), _("Pencocokan statistik dan penyandian per orang.")),
        "limits_rights": (
            _("Membatasi hak subjek"),
            _("Tidak; hak dijalankan dengan tenggat dan alasan sah tertulis."),
        ),
    }


def reasons() -> dict[str, str]:
    """Why a class weighs."""
    return {
        "protected": _("data terlindung"),
        "specific": _("data pribadi spesifik (Ps. 4)"),
        "many_roles": _("dibaca lebih dari lima peran"),
        "city_wide": _("ada peran yang membaca seluruh kota"),
        "leaves": _("keluar ke lembaga lain"),
        "kept": _("tidak pernah dihapus"),
        "basis_unconfirmed": _("dasar hukum belum dipastikan"),
        "retention_unconfirmed": _("jangka simpan belum dipastikan"),
    }


def weights() -> dict[str, str]:
    """How heavy."""
    return {"high": _("tinggi"), "medium": _("sedang"), "low": _("rendah")}


def measures() -> list[tuple[str, str]]:
    """What is done against the risks, and where it is shown."""
    return [
        (
            _("Satu tempat yang memutuskan siapa boleh melihat; yang tidak disebut tidak ada"),
            "permissions.csv; access.scope",
        ),
        (
            _("Isi terlindung tersandi dengan satu kunci per orang; kunci akar di luar basis data"),
            "vault; rangkul audit verify",
        ),
        (_("Setiap pembukaan bagian terlindung tercatat lebih dahulu, dengan tujuan"), "audit; Ps. 31"),
        (_("Jejak yang tidak dapat diubah tanpa ketahuan, diperiksa pihak luar"), "rangkul audit export"),
        (_("Penegak hukum tidak mencari dan tidak membaca perawatan"), "design §1.7"),
        (_("Hak subjek dijawab 3 x 24 jam; pembatasan berlaku di semua halaman"), "/hak/"),
        (_("Yang memusnahkan data memerlukan dua orang"), "rights; Ps. 43-44"),
        (_("Kegagalan pelindungan: paket dari jejak dengan satu perintah"), "rangkul rights breach; Ps. 46"),
    ]


FOOT: Final = "Dibuat oleh Rangkul dari tabel izin dan daftar kolom; tidak memuat data pribadi."
