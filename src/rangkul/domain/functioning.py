"""Social functioning: five domains rated 0 to 4 at entry, exit and D+90.

Internal and not validated: no free Indonesian scale was found (practice.md 6). It informs and never decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from rangkul.domain.errors import N_, BadInput

DOMAINS: Final = ("daily_living", "relations", "livelihood", "housing", "health_treatment")
WORST: Final = 0
BEST: Final = 4


class RatingIncomplete(BadInput):
    """A domain without a rating, a rating outside 0 to 4, or a domain that does not exist. ``facts``.

    Domain.
    """

    code = "rating_incomplete"
    says = N_("Nilai setiap ranah keberfungsian dari 0 sampai 4, lalu simpan lagi.")


@dataclass(frozen=True, slots=True)
class Change:
    """What changed between two ratings, in steps per domain, and the mean over the domains."""

    by_domain: Mapping[str, int]
    mean: Fraction


def check_rating(rating: Mapping[str, int], domains: Iterable[str] = DOMAINS) -> dict[str, int]:
    """Return a complete rating in the order of the domains, or refuse.

    Raises:
        RatingIncomplete: names the first domain that is not rated 0 to 4.
    """
    wanted = tuple(domains)
    for domain in (*wanted, *rating):
        if domain not in wanted or not WORST <= rating.get(domain, -1) <= BEST:
            raise RatingIncomplete(field=domain, domain=domain)
    return {domain: rating[domain] for domain in wanted}


def change(entry: Mapping[str, int], later: Mapping[str, int]) -> Change | None:
    """Return the change over the domains that both ratings hold, or ``None`` when they share none."""
    steps = {domain: later[domain] - entry[domain] for domain in entry if domain in later}
    return Change(steps, Fraction(sum(steps.values()), len(steps))) if steps else None
