"""Tables of the referrals: the hand-over conversation and what passes with it."""

from rangkul.referrals.models.hand_overs import Belonging, HandedItem, HandOver, OutsideAcceptance

__all__ = ["Belonging", "HandOver", "HandedItem", "OutsideAcceptance"]
