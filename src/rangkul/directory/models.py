"""Agencies, posts, members and who holds which post."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class Instance(models.Model):
    """The one row that says what this database is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    city = models.CharField(max_length=60)
    is_training = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "directory_instance"


class Agency(models.Model):
    """An agency (instansi). Its name is dated city data; here stands only that it is there."""

    key = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=160)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "directory_agency"
        ordering = ("key",)


class Post(models.Model):
    """An office that holds a duty (jabatan). Cases, tasks and stays hang on posts, never on a person's login."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=24)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    areas = models.JSONField(default=list, help_text="Kemendagri codes; empty means the whole city")
    superior = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="under"
    )
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "directory_post"
        ordering = ("code",)


class MemberManager(BaseUserManager["Member"]):
    """Finds members by user name, without regard to case."""

    def get_by_natural_key(self, username: str | None) -> Member:
        """User names are stored in lower case."""
        return self.get(username=(username or "").strip().lower())


class Member(AbstractBaseUser):
    """A person who works for an agency (petugas)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pid = models.UUIDField(unique=True, default=uuid7, editable=False, help_text="name in the audit log")
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="id")
    theme = models.CharField(max_length=5, default="auto")
    state = models.CharField(max_length=10, default="active")
    password_from_other = models.BooleanField(
        default=False, help_text="an administrator chose it: the member must choose an own one first"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[MemberManager] = MemberManager()

    class Meta:
        db_table = "directory_member"
        constraints = (
            models.CheckConstraint(
                name="member_state_known", condition=Q(state__in=("active", "suspended", "left"))
            ),
        )

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Only active members may sign in; Django's backend asks this."""
        return self.state == "active"


class PostHolding(models.Model):
    """Who acts for a post, from when to when. A shift post has several at once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="holdings")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "directory_post_holding"
        ordering = ("since",)
        constraints = (
            models.UniqueConstraint(
                fields=("member", "post"), condition=Q(until__isnull=True), name="one_open_holding"
            ),
            models.CheckConstraint(
                name="holding_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
            ),
        )


class ApiToken(models.Model):
    """An opaque bearer token: only its digest is kept, it carries no rights, and it ends.

    ``scope`` can only narrow what the post may do: ``read`` (nothing is written), or names of actions.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    scope = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "directory_api_token"
