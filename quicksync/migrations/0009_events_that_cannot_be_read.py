"""How many events of a webhook delivery could not be read."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quicksync", "0008_first_preview")]

    operations = [
        migrations.AddField(
            model_name="webhookdelivery",
            name="unread",
            field=models.PositiveIntegerField(default=0, verbose_name="events that could not be read"),
        )
    ]
