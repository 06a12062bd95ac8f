"""``rangkul keys rotate``: the steps in their order, and an entry for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.vault import ring, rotation
from rangkul.vault.rotation import RootIsElsewhere


def rotate(*, data: bool, retire: bool, by: ActingMember, at: datetime) -> dict[str, Any]:
    """New root key, or new data keys, or the end of what was replaced; may be stopped and run again.

    Raises:
        RootIsElsewhere: environment or service hold no version that does not wrap already.
    """
    done: dict[str, Any]
    if retire:
        done, what = dict(rotation.retire(at)), "retire"
    elif data:
        subjects, sealed = rotation.new_data_keys(at), rotation.seal_anew()
        done, what = {"subjects": subjects, "sealed": sealed.done, "behind": sealed.behind}, "data"
    else:
        done, what = _root(), "root"
    with transaction.atomic():
        record("key.used", by=by, at=at, kind="instance", subject_id=None, purpose="rotate", result=what)
    ring.refresh()
    return done


def _root() -> dict[str, Any]:
    try:
        version = rotation.new_root()
    except RootIsElsewhere:
        # The new version was made where the root keys are; what is behind is wrapped anew.
        wrapped = rotation.wrap_anew()
        if not wrapped:
            raise
        return {"root": rotation.listed()["root"]["current"], "wrapped": wrapped}
    return {"root": version, "wrapped": rotation.wrap_anew()}
