"""The ring: wrapped data keys, one row per subject. It never goes into a backup of the data (``vault.ring``)."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7


class SubjectKey(models.Model):
    """The data key of one subject (person, report, contact, batch, the instance), wrapped by the root key.

    ``wrapped`` holds every version that may still be needed (``vault.wrapped``), ``version`` the one that seals.

    ``pid`` is the random pseudonym under which the subject stands in the audit log. An erasure takes ``wrapped`` away and
    leaves the row: the log still says who looked at this pid, and nothing says any more who it was (security.md D.1, D.7).
    """

    subject_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    pid = models.UUIDField(unique=True, default=uuid7, editable=False)
    wrapped = models.BinaryField(null=True)
    root_version = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    retired_below = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="the oldest version that ``wrapped`` still holds"
    )
    rotated_at = models.DateTimeField(null=True, blank=True, help_text="when ``version`` began to seal")
    created_at = models.DateTimeField(auto_now_add=True)
    shredded_at = models.DateTimeField(null=True, blank=True)
    shred_basis = models.CharField(
        max_length=24,
        blank=True,
        default="",
        db_default="",
        help_text="code of the legal basis of the erasure",
    )

    class Meta:
        db_table = "vault_subject_key"
