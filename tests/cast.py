"""The known people: one member per role of the city's posts. Invented, like everyone in tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from rangkul.directory.models import Member, Post, PostHolding
from rangkul.directory.queries import acting_member, system_operator
from rangkul.domain.policy import ActingMember

# A Tuesday at 09.00 WIB; every test acts at or after this moment unless it says otherwise.
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

CAST = {
    "desk": ("Wulan Setyaningsih", "dinsos.piket"),
    "peksos": ("Rini Astuti", "dinsos.peksos1"),
    "peksos2": ("Bagas Prakoso", "dinsos.peksos2"),
    "kabid": ("Harini Wijayanti", "dinsos.kabid_rehsos"),
    "kadis": ("Suryo Handoko", "dinsos.kadis"),
    "shelter": ("Wahyu Nugroho", "dinsos.rumah_singgah"),
    "steward": ("Tri Mulyani", "dinsos.data"),
    "admin": ("Galih Pambudi", "dinsos.admin"),
    "satpol_desk": ("Joko Santosa", "satpolpp.piket"),
    "regu1": ("Dwi Cahyono", "satpolpp.regu1"),
    "regu": ("Agus Prasetyo", "satpolpp.regu2"),
    "bhabin": ("Bripka Yuda Pranata", "role:village_police"),
    "babinsa": ("Serda Toni Kuswara", "role:village_army"),
    "trantib": ("Slamet Widodo", "role:trantib"),
    "kesra": ("Endah Pertiwi", "role:kasi_kesra"),
    "nakes": ("Nurul Hidayah", "role:health_worker"),
    "ppa": ("Ipda Ratna Dewi", "role:ppa_officer"),
    "dpo": ("Anisa Rahmawati", "role:dpo"),
    "puskesmas": ("Arif Setiawan", "dinkes.puskesmas_magelang_tengah"),
    "naker": ("Hendra Saputra", "disnaker.mitra"),
    "dukcapil": ("Maya Kurniasih", "disdukcapil.mitra"),
    "tksk": ("Budi Hartono", "role:volunteer"),
    "sekda": ("Larasati Wibowo", "kesra.sekda"),
    "rsj": ("Prasasti Utami", "rsj_soerojo.penghubung"),
    "market": ("Hendra Saputra", "disperindag.mitra"),
    "uptd": ("Laras Anggraini", "dp4kb.uptd_ppa"),
    "ppa_police": ("Aipda Sekar Puspita", "polres.ppa"),
}


@dataclass
class Cast:
    """Members by short name, each in one post; ``at`` is a moment to act at."""

    members: dict[str, ActingMember]
    at: datetime = AT

    def __getattr__(self, name: str) -> ActingMember:
        try:
            return self.members[name]
        except KeyError:
            raise AttributeError(name) from None

    def later(self, **delta: float) -> datetime:
        """A moment after ``at``: ``cast.later(hours=3)``."""
        return self.at + timedelta(**delta)


def post_for(where: str) -> Post:
    """The post with this code, or the first post of a role (``role:trantib``)."""
    if where.startswith("role:"):
        return Post.objects.filter(role=where.removeprefix("role:")).order_by("code")[0]
    return Post.objects.get(code=where)


def make_cast() -> Cast:
    """Make the members; passwords are unusable (tests sign in through ``login``)."""
    members = {}
    for key, (name, where) in CAST.items():
        member = Member(username=key, name=name)
        member.set_unusable_password()
        member.save()
        post = post_for(where)
        PostHolding.objects.create(member=member, post=post, since=AT - timedelta(days=400))
        acting = acting_member(member.pk, post.pk)
        assert acting is not None
        members[key] = acting
    members["operator"] = system_operator()
    return Cast(members)


def login(client: Client, member: ActingMember) -> Client:
    """Sign a test client in as this member, in this post."""
    session: Any = client.session
    row = Member.objects.get(pk=member.id)
    session[SESSION_KEY] = str(row.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = row.get_session_auth_hash()
    session["post"] = str(member.post_id)
    session.save()
    client.cookies["rangkul_sesi"] = session.session_key
    return client
