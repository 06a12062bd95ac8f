"""The sign-ins of a training instance: one invented member per kind of work, all with the same printed password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.directory.models import Member, Post, PostHolding
from rangkul.directory.queries import is_training
from rangkul.domain.errors import N_, NotAllowed
from rangkul.domain.policy import ActingMember

PASSWORD: Final = "merangkul-bersama-2026"  # noqa: S105 - printed on the sign-in page of training instances only


class OnlyInTraining(NotAllowed):
    """Invented people and printed passwords exist in training instances only (design §5, §6)."""

    code = "only_in_training"
    says = N_("Ini hanya ada di instansi latihan. Muat data latihan di instansi kosong: rangkul demo load")


@dataclass(frozen=True, slots=True)
class Account:
    """One training sign-in: user name, invented name, post."""

    username: str
    name: str
    post: str


ACCOUNTS: Final = (
    Account("piket", "Wulan Setyaningsih", "dinsos.piket"),
    Account("rini", "Rini Astuti", "dinsos.peksos1"),
    Account("bagas", "Bagas Prakoso", "dinsos.peksos2"),
    Account("kabid", "Harini Wijayanti", "dinsos.kabid_rehsos"),
    Account("kadis", "Suryo Handoko", "dinsos.kadis"),
    Account("singgah", "Wahyu Nugroho", "dinsos.rumah_singgah"),
    Account("tksk", "Budi Hartono", "dinsos.tksk"),
    Account("data", "Tri Mulyani", "dinsos.data"),
    Account("admin", "Galih Pambudi", "dinsos.admin"),
    Account("satpolpp", "Joko Santosa", "satpolpp.piket"),
    Account("regu1", "Dwi Cahyono", "satpolpp.regu1"),
    Account("regu2", "Agus Prasetyo", "satpolpp.regu2"),
    Account("bhabin", "Yuda Pranata", "polres.bhabin_rejowinangun_utara"),
    Account("babinsa", "Toni Kuswara", "kodim.babinsa_rejowinangun_utara"),
    Account("ppa", "Ratna Dewi", "polres.ppa"),
    Account("trantib", "Slamet Widodo", "kel_rejowinangun_utara.trantib"),
    Account("kesra", "Endah Pertiwi", "kel_rejowinangun_utara.kasi_kesra"),
    Account("nakes", "Nurul Hidayah", "dinkes.puskesmas_magelang_tengah"),
    Account("rsj", "Prasasti Utami", "rsj_soerojo.penghubung"),
    Account("uptd", "Laras Anggraini", "dp4kb.uptd_ppa"),
    Account("uptd2", "Sekar Ayuningtyas", "dp4kb.uptd_ppa"),
    Account("psc", "Arif Setiawan", "dinkes.psc119"),
    Account("mitra", "Sri Wahyuni", "disperindag.mitra"),
    Account("naker", "Hendra Saputra", "disnaker.mitra"),
    Account("dukcapil", "Maya Kurniasih", "disdukcapil.mitra"),
    Account("rsud", "Yoga Pamungkas", "rsud_tidar.penghubung"),
    Account("sekda", "Larasati Wibowo", "kesra.sekda"),
    Account("ppdp", "Anisa Rahmawati", "diskominfo.dpo"),
)


@transaction.atomic
def make_accounts(*, by: ActingMember, at: datetime) -> int:
    """Make the training members that are not there yet; return how many were made."""
    known = set(Member.objects.values_list("username", flat=True))
    if known.issuperset(account.username for account in ACCOUNTS):
        return 0
    made = 0
    posts = {post.code: post for post in Post.objects.filter(code__in=[account.post for account in ACCOUNTS])}
    # Hashed once: the words are printed anyway, and a slow hash nineteen times is half a minute on a small machine.
    hashed = make_password(PASSWORD)
    for account in ACCOUNTS:
        post = posts.get(account.post)
        if account.username in known or post is None:
            continue
        member = Member(username=account.username, name=account.name, password=hashed)
        member.save()
        PostHolding.objects.create(member=member, post=post, since=at - timedelta(days=400))
        record("member.added", by=by, at=at, kind="member", subject_id=member.pid)
        made += 1
    return made


def training_accounts() -> list[dict[str, str]]:
    """``[{username, password, role, agency, post}]`` of this instance.

    Raises:
        OnlyInTraining: this is not a training instance.
    """
    if not is_training():
        raise OnlyInTraining
    known = set(Member.objects.filter(state="active").values_list("username", flat=True))
    rows = []
    for account in ACCOUNTS:
        if account.username in known:
            post = city().post(account.post)
            rows.append(
                {
                    "username": account.username,
                    "password": PASSWORD,
                    "role": post.role,
                    "agency": post.agency,
                    "post": post.title,
                }
            )
    return rows


def sign_in_hints() -> list[dict[str, str]]:
    """The same for the sign-in page; empty in a live instance."""
    return training_accounts() if is_training() else []
