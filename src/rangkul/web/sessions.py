"""Sessions in the database, as Django keeps them; reading one is a question asked at every request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from rangkul.vault.often import often


@often
def _live_session(key: str, now: datetime) -> Any:  # noqa: ANN401 - a query set of texts
    return Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data")


class SessionStore(DatabaseSessions):
    """Django's own store with a cheaper read; nothing is cached, so a session that was ended is ended."""

    def load(self) -> dict[str, Any]:
        """What the session holds; empty when it is unknown or over."""
        found = _live_session(self.session_key, timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found[0][0])
        return held

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The same table."""
        return Session
