"""The chain of older versions becomes the leaves of a tree; checkpoints; the database guards what was recorded."""

import hashlib
import sys

import uuid_utils.compat
from django.db import migrations, models
from django.utils import timezone

from rangkul.audit.recording import entry_of
from rangkul.domain import events
from rangkul.domain.merkle import Range, leaf_hash

_CHAIN = b"rangkul/audit/1\x00"


def into_leaves(apps, schema_editor):
    """Hash every entry anew as a leaf. The chain is checked on the way, and its end stands in an entry of its own."""
    event_model = apps.get_model("audit", "Event")
    log, previous, broken = Range(), bytes(32), None
    rows = event_model.objects.filter(seq__isnull=False).order_by("seq")
    changed = []
    for event in rows.iterator(chunk_size=5000):
        written = events.canonical(entry_of(event))
        own = hashlib.sha256(_CHAIN + previous + written).digest()
        if broken is None and (event.seq != log.size + 1 or bytes(event.hash or b"") != own):
            broken = event.seq
        previous = bytes(event.hash or b"")
        log, event.hash = log.and_leaf(leaf_hash(written))
        changed.append((event.hash, event.seq))
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany("UPDATE audit_event SET hash = %s WHERE seq = %s", changed)
    if not log.size:
        return
    if broken is not None:
        print(f"rantai audit lama rusak mulai entri {broken}", file=sys.stderr)
    end = f"{log.size} {previous.hex()}".encode()
    begun = event_model(
        id=uuid_utils.compat.uuid7(),
        at=timezone.now(),
        action="audit.tree_begun",
        object_kind="audit",
        result="broken" if broken is not None else "done",
        # No secret: whoever kept the end of the chain can check it (the salt is 32 zero bytes).
        commit=events.commit(bytes(32), end),
    )
    if schema_editor.connection.vendor == "sqlite":
        begun.seq = log.size + 1
        log, begun.hash = log.and_leaf(leaf_hash(events.canonical(entry_of(begun))))
    begun.save(force_insert=True)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunPython(into_leaves, migrations.RunPython.noop),
        migrations.RemoveField(model_name="event", name="prev_hash"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["actor_pid", "at"], name="event_of_actor"),
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("note", models.TextField(help_text="the signed note, as witnesses get it")),
            ],
            options={"db_table": "audit_checkpoint"},
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("witness", models.CharField(max_length=120)),
                ("at", models.DateTimeField(help_text="when it came in")),
                (
                    "note",
                    models.TextField(help_text="the checkpoint with the log's and the witness's signature"),
                ),
            ],
            options={
                "db_table": "audit_cosignature",
                "constraints": [
                    models.UniqueConstraint(fields=("witness", "size"), name="cosignature_once_per_size")
                ],
            },
        ),
    ]
