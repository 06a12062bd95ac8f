"""What can be wrong with a sign-in's second half."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, NotAllowed


class CodeWrong(BadInput):
    """Not the code of this minute, used before, or no recovery code."""

    code = "code_wrong"
    says = N_("Kode ini tidak cocok atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi.")


class PasskeyWrong(BadInput):
    """The passkey's answer does not fit the question, or is nobody's."""

    code = "passkey_wrong"
    says = N_("Kunci sandi ini tidak dikenali. Coba lagi, atau pakai cara lain.")


class PasswordWrong(BadInput):
    """The present password is asked for before anything about the sign-in changes."""

    code = "password_wrong"
    says = N_("Kata sandi sekarang tidak cocok.")


class PasswordSame(BadInput):
    """The new password is the old one."""

    code = "password_same"
    says = N_("Kata sandi baru sama dengan yang lama. Pilih yang lain.")


class FactorNeeded(NotAllowed):
    """The role must have a second factor: the last one cannot be taken away."""

    code = "factor_needed"
    says = N_("Jabatan ini wajib punya langkah kedua. Pasang yang baru dahulu, baru hapus yang lama.")


class SecondFactorNeeded(NotAllowed):
    """API: password right, the code is still missing (design §6)."""

    code = "second_factor_needed"
    status = 401
    says = N_("Akun ini memakai langkah kedua. Kirim kodenya sebagai otp.")


class PasswordMustChange(NotAllowed):
    """API: somebody else chose this password; the member changes it on the page first."""

    code = "password_must_change"
    says = N_("Kata sandi ini dipilihkan orang lain. Masuk lewat halaman dan ganti dahulu.")


class FactorMustBeSet(NotAllowed):
    """API: the role must have a second factor and none is set."""

    code = "second_factor_must_be_set"
    says = N_("Jabatan ini wajib memakai langkah kedua. Masuk lewat halaman dan pasang dahulu.")
