"""From the list in the app to the channels: queue, quiet hours, digest, and trying again until it is through.

Runs in ``rangkul tick`` and in the clock of ``serve``. A row of the queue is sent at least once: a stop between
sending and noting may send it twice, never not at all.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.directory.city import city
from rangkul.directory.models import Member
from rangkul.domain.notices import GIVE_UP_AFTER, digest_at, not_before, retry_at
from rangkul.notices import push
from rangkul.notices.models import Notice, Outgoing, Preference, Subscription
from rangkul.notices.queries import words_of

BATCH = 200
CLAIMED = timedelta(minutes=5)


def queue_notices(*, at: datetime) -> int:
    """Hand fresh notices to the channels that their members chose; return how many messages were queued."""
    queued = 0
    while True:
        with transaction.atomic():
            rows = list(
                Notice.objects.select_for_update()
                .filter(queued_at__isnull=True, at__lte=at)
                .order_by("at", "id")[:BATCH]
            )
            if not rows:
                return queued
            messages = list(_messages(rows, at))
            Outgoing.objects.bulk_create(messages)
            Notice.objects.filter(pk__in=[row.pk for row in rows]).update(queued_at=at)
            queued += len(messages)


def _messages(rows: list[Notice], at: datetime) -> Iterable[Outgoing]:
    members = {row.member_id for row in rows}
    wanted = {each.member_id: each for each in Preference.objects.filter(pk__in=members)}
    languages = dict(Member.objects.filter(pk__in=members).values_list("pk", "language"))
    browsers: dict[UUID, list[Subscription]] = {}
    for each in Subscription.objects.filter(member_id__in=members, gone_at__isnull=True):
        browsers.setdefault(each.member_id, []).append(each)
    for row in rows:
        choice = wanted.get(row.member_id)
        if choice is None or row.read_at is not None:
            continue
        with translation.override(languages[row.member_id]):
            if choice.by_email and (row.safety or not choice.digest):
                yield _message(row, at, "email")
            if choice.by_push:
                for browser in browsers.get(row.member_id, ()):
                    yield _message(row, at, "push", browser)


def _message(row: Notice, at: datetime, channel: str, browser: Subscription | None = None) -> Outgoing:
    words = words_of(row.code, translation.get_language() or "id")
    link = f"{settings.PUBLIC_ADDRESS}/pemberitahuan/{row.pk}/"
    body = f"{words}\n\n" + _("Buka setelah masuk: %(link)s") % {"link": link}
    return Outgoing(
        member_id=row.member_id,
        channel=channel,
        subscription=browser,
        subject=f"Rangkul: {words}"[:160],
        body=body if channel == "email" else link,
        made_at=at,
        next_try_at=_allowed(at, safety=row.safety),
    )


def _allowed(at: datetime, *, safety: bool) -> datetime:
    return not_before(
        at, quiet_from=city().limit("quiet_from"), quiet_until=city().limit("quiet_until"), safety=safety
    )


def queue_digests(*, at: datetime) -> int:
    """One e-mail a day to whoever wants a digest and has something unread since the last one.

    Its moment is the city's digest hour; after a night without a server the next beat makes up for it, once.
    """
    due = digest_at(at, city().limit("digest_hour")) - timedelta(days=1)
    made = 0
    for choice in Preference.objects.filter(by_email=True, digest=True).select_related("member"):
        with transaction.atomic():
            Preference.objects.select_for_update().get(pk=choice.member_id)
            if Outgoing.objects.filter(
                member_id=choice.member_id, channel="digest", made_at__gte=due
            ).exists():
                continue
            rows = Notice.objects.filter(
                member_id=choice.member_id, read_at__isnull=True, at__lte=due, at__gt=due - timedelta(days=1)
            )
            codes = list(rows.order_by("at").values_list("code", flat=True))
            if not codes:
                continue
            with translation.override(choice.member.language):
                Outgoing.objects.create(**_digest(choice, codes, at))
            made += 1
    return made


def _digest(choice: Preference, codes: list[str], at: datetime) -> dict[str, object]:
    counted = {code: codes.count(code) for code in dict.fromkeys(codes)}
    language = translation.get_language() or "id"
    lines = [f"- {words_of(code, language)}: {n}" for code, n in counted.items()]
    title = ngettext("Satu hal menunggu Anda", "%(n)s hal menunggu Anda", len(codes)) % {"n": len(codes)}
    link = f"{settings.PUBLIC_ADDRESS}/pemberitahuan/"
    return {
        "member_id": choice.member_id,
        "channel": "digest",
        "subject": f"Rangkul: {title}",
        "body": "\n".join([title, "", *lines, "", _("Buka setelah masuk: %(link)s") % {"link": link}]),
        "made_at": at,
        "next_try_at": _allowed(at, safety=False),
    }


def deliver(*, at: datetime, most: int = BATCH) -> dict[str, int]:
    """Send what is due; what fails waits and is tried again (1, 2, 4 … minutes, at most an hour apart, for a week)."""
    done = {"notices_sent": 0, "notices_waiting": 0}
    server_down = False
    for row in _claimed(at, most):
        if row.channel != "push" and (server_down or not settings.EMAIL_HOST):
            _failed(row, at, "no_mail_server" if not settings.EMAIL_HOST else "mail_server_down")
            done["notices_waiting"] += 1
            continue
        try:
            _send(row, at)
        except push.BrowserGone:
            Subscription.objects.filter(outgoing__pk=row.pk).update(gone_at=at)
            Outgoing.objects.filter(pk=row.pk).update(given_up_at=at, last_error="browser_gone")
        except (OSError, smtplib.SMTPException) as fault:
            server_down = server_down or (row.channel != "push" and not _about_this_one(fault))
            _failed(row, at, type(fault).__name__)
            done["notices_waiting"] += 1
        else:
            Outgoing.objects.filter(pk=row.pk).update(sent_at=at, tries=row.tries + 1, last_error="")
            done["notices_sent"] += 1
    return done


def _claimed(at: datetime, most: int) -> list[Outgoing]:
    """Take what is due out of reach of another clock for five minutes; a stop in between gives it back after that."""
    with transaction.atomic():
        rows = list(
            Outgoing.objects.select_for_update(of=("self",), skip_locked=_can_skip())
            .filter(sent_at__isnull=True, given_up_at__isnull=True, next_try_at__lte=at)
            .order_by("next_try_at", "id")[:most]
        )
        Outgoing.objects.filter(pk__in=[row.pk for row in rows]).update(next_try_at=at + CLAIMED)
    return rows


def _can_skip() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)


def _about_this_one(fault: Exception) -> bool:
    """The server answered, and refused this address only."""
    return isinstance(fault, smtplib.SMTPRecipientsRefused)


def _send(row: Outgoing, at: datetime) -> None:
    if row.channel == "push":
        browser = Subscription.objects.get(outgoing__pk=row.pk)
        if browser.gone_at is not None:
            raise push.BrowserGone
        push.send(
            browser.endpoint, browser.p256dh, browser.auth, {"title": row.subject, "link": row.body}, at
        )
        return
    address = Preference.objects.filter(pk=row.member_id).values_list("email", flat=True).first()
    if not address:
        raise smtplib.SMTPRecipientsRefused({})
    EmailMessage(row.subject, row.body, settings.DEFAULT_FROM_EMAIL, [address]).send()


def _failed(row: Outgoing, at: datetime, why: str) -> None:
    tries = row.tries + 1
    over = at - row.made_at > GIVE_UP_AFTER
    Outgoing.objects.filter(pk=row.pk).update(
        tries=tries,
        next_try_at=retry_at(at, tries),
        last_error=why[:80],
        given_up_at=at if over else None,
    )
