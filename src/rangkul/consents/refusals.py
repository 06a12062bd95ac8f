"""Why a leave is not given or taken back so; the rules themselves refuse in ``domain.consents``."""

from __future__ import annotations

from rangkul.domain.errors import N_, BadInput, Conflict


class ReceiverUnknown(BadInput):
    """Nobody who could read it."""

    code = "consent_receiver_unknown"
    says = N_("Pilih penerima dari daftar: instansi, jabatan, petugas, atau lembaga.")


class PurposeUnknown(BadInput):
    """No leave without what it is for."""

    code = "consent_purpose_unknown"
    says = N_("Pilih untuk apa bagian itu dibagikan.")


class ConsentOver(Conflict):
    """Withdrawn before, or expired."""

    code = "consent_over"
    says = N_("Izin ini sudah berakhir.")


class AskerMissing(BadInput):
    """Who wants it back."""

    code = "consent_asker_missing"
    says = N_("Pilih siapa yang menarik izin, dan tuliskan kapan dan bagaimana disampaikan.")


class NotWithdrawn(Conflict):
    """It opens something still."""

    code = "consent_not_withdrawn"
    says = N_("Izin ini masih berlaku. Tarik dahulu bila diminta.")


class StopUnclear(BadInput):
    """Who said so, and what became of the copies."""

    code = "consent_stop_unclear"
    says = N_("Tuliskan siapa yang menyatakan berhenti, kapan, dan apa yang dilakukan dengan salinannya.")
