"""Rules of looking for somebody (practice.md F20, S3, S7; design §1).

Whoever looks is told the same words whatever is found: nobody may learn from an answer that a person is known here, nor that
she is not. A match goes to the post that answers for the person; that post asks the person, or, for a child, decides with
Unit PPA. A child is given to a claimant only against every proof of the list.
"""

from __future__ import annotations

from typing import Final

CHANNELS: Final = ("public", "desk", "police", "agency")
RELATIONS: Final = (
    "parent",
    "child",
    "spouse",
    "sibling",
    "relative",
    "guardian",
    "police",
    "agency",
    "other",
)
ANSWERS: Final = ("agreed", "declined", "not_same", "later")
"""What the holder says of a match: the person agreed to be told of, declined, is somebody else, or could not be asked yet."""
WAITING, WITH_PPA, ENDED = "waiting", "with_ppa", "ended"
LEAST_LIKELY: Final = 0.25
"""Less likely matches are told to nobody."""
PROOFS: Final = ("identity", "second", "reaction", "ppa")
"""A claimant of a child: KTP or KK seen, a second proof, the child's reaction noted, an officer of Unit PPA signed."""
TEXT_DAYS: Final = 7
_SHORTEST_NAME: Final = 3


def next_state(answer: str, *, is_child: bool, ppa_signed: bool) -> str:
    """Where a match stands after an answer: agreeing for a child needs Unit PPA's word as well."""
    if answer == "later":
        return WAITING
    if answer == "agreed" and is_child and not ppa_signed:
        return WITH_PPA
    return ENDED


def missing_proofs(given: dict[str, object]) -> tuple[str, ...]:
    """Which proofs of the list a claimant still lacks."""
    return tuple(name for name in PROOFS if not given.get(name))


def names_in(text: str, names: list[str]) -> list[str]:
    """Words of the person's names that stand in a tracing text; it goes out without any."""
    said = {word.strip(".,;:()\"'").lower() for word in text.split()}
    return sorted(
        {
            word
            for name in names
            for word in name.lower().split()
            if len(word) >= _SHORTEST_NAME and word in said
        }
    )
