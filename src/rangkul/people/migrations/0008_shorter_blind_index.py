"""The index of NIK and phone keeps 15 of its 40 bits, so that rows collide and equal values are not seen on the disk."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0007_stands_for")]

    operations = [
        migrations.RunSQL(
            "UPDATE people_identity_claim SET blind = blind >> 25 WHERE blind IS NOT NULL",
            migrations.RunSQL.noop,
        )
    ]
