"""The model of this instance: what answers taught here, or what is shipped."""

from __future__ import annotations

import gzip
import json
import logging
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from rangkul.matching.engine.model import Model

_log = logging.getLogger(__name__)


def own_model() -> Path:
    """Where this instance's own model lies, if it has one."""
    return Path(settings.MATCHING_MODEL)


def model_in_use() -> Model:
    """The instance's own model; the shipped one where there is none, or none that can be read (said in the log)."""
    from rangkul.matching.engine.model import ModelUnreadable, default_model  # noqa: PLC0415 - numpy only where it is used

    try:
        return _own(own_model(), own_model().stat().st_mtime_ns)
    except FileNotFoundError:
        return default_model()
    except (OSError, ModelUnreadable):
        _log.exception("the model of this instance cannot be read; the shipped one answers")
        return default_model()


@lru_cache(maxsize=2)
def _own(path: Path, written: int) -> Model:  # noqa: ARG001 - a file written anew is another model
    from rangkul.matching.engine.model import load_model  # noqa: PLC0415 - numpy only where it is used

    return load_model(path)


def lessons_in_use() -> dict[str, Any]:
    """What answers taught the model in use, for a page: ``{"learned_on": day, "intake" | "queue": lesson}``, or empty."""
    try:
        return _lessons(own_model(), own_model().stat().st_mtime_ns)
    except (OSError, ValueError, KeyError):
        return {}


@lru_cache(maxsize=2)
def _lessons(path: Path, written: int) -> dict[str, Any]:  # noqa: ARG001 - as above
    held = json.loads(gzip.decompress(path.read_bytes()))
    taught = dict(held.get("answers") or {})
    return taught | {"learned_on": date.fromisoformat(taught["learned_on"])} if taught else {}
