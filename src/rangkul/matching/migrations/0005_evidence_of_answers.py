"""What an answer stood on, as numbers: the odds that were said, and how far each comparison agreed."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("matching", "0004_nightly_runs"),)

    operations = (
        migrations.AddField(
            model_name="matchdecision",
            name="evidence",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="suspectedpair",
            name="evidence",
            field=models.JSONField(
                default=dict, help_text="odds and levels, for what answers teach; no words"
            ),
        ),
    )
