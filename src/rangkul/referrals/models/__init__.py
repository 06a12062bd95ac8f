"""Tables of the referrals: the hand-over conversation, referrals to institutions, and what passes with them."""

from rangkul.referrals.models.hand_overs import Belonging, HandedItem, HandOver, OutsideAcceptance
from rangkul.referrals.models.referrals import (
    EconomicCheck,
    InstitutionState,
    LinkTry,
    Referral,
    ReferralResult,
)

__all__ = [
    "Belonging",
    "EconomicCheck",
    "HandOver",
    "HandedItem",
    "InstitutionState",
    "LinkTry",
    "OutsideAcceptance",
    "Referral",
    "ReferralResult",
]
