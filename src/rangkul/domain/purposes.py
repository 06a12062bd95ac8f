"""Why somebody opens what is protected: asked once per case and session, stored with every look (security.md B.1).

Whoever works on a case opens it for the service, a supervisor to supervise, a receiver for the referral; these need no question.
Whoever opens it for something else says so, and the word goes into the log beside the look.
"""

from __future__ import annotations

from typing import Final

SERVICE, REFERRAL, SUPERVISION = "layanan", "rujukan", "supervisi"
EMERGENCY, SUBJECT_RIGHTS, AUDIT, STATISTICS = "darurat", "hak-subjek", "audit", "statistik"
PURPOSES: Final = (SERVICE, REFERRAL, SUPERVISION, EMERGENCY, SUBJECT_RIGHTS, AUDIT, STATISTICS)
GUARDED: Final = frozenset({"protected", "sealed"})

_BY_RELATION: Final = {
    "holder": SERVICE,
    "team": SERVICE,
    "own": SERVICE,
    "assigned": SERVICE,
    "sealed_team": SERVICE,
    "granted": REFERRAL,
    "ticket": EMERGENCY,
    "sealed_desk": EMERGENCY,
    "agency": SUPERVISION,
}
_BY_ROLE: Final = {
    "rehab_head": SUPERVISION,
    "agency_head": SUPERVISION,
    "regional_secretary": SUPERVISION,
    "dpo": AUDIT,
    "data_steward": STATISTICS,
    "system_operator": STATISTICS,
}


def purpose_of(*, role: str, relation: str = "", chosen: str = "") -> str:
    """The purpose of a look: what was chosen for this case in this session, else what the relation stands for."""
    if chosen in PURPOSES:
        return chosen
    return _BY_RELATION.get(relation) or _BY_ROLE.get(role, SERVICE)
