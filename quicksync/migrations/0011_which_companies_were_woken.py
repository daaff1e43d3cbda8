"""A company that was woken says so, until the task for it has begun. And rows of foreign companies go.

Version 0.1 kept a row for each object of the host's and each company, also of companies that it never belonged to.

Such a row says "gone", has no record in QuickBooks, was never agreed on, and nothing was ever planned for it. One that
is an object's after all, which has come back since, is made again by its next save or by the nightly look.
"""

from django.db import migrations, models

BATCH = 5000


def clean(apps, schema_editor):
    mappings = apps.get_model("quicksync", "EntityMapping").objects.using(schema_editor.connection.alias)
    operations = apps.get_model("quicksync", "Operation").objects.using(schema_editor.connection.alias)
    rows = mappings.filter(
        state="gone", remote_id=None, object_key__isnull=False, agreed_here__isnull=True, agreed_there__isnull=True
    )
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = keys[-1]
        planned = set()
        for column in ("mapping_id", "partner_id"):
            about = operations.filter(**{f"{column}__gte": keys[0], f"{column}__lte": last})
            planned |= set(about.values_list(column, flat=True))
        for start in range(0, len(keys), 500):
            mappings.filter(pk__in=[pk for pk in keys[start : start + 500] if pk not in planned]).delete()


class Migration(migrations.Migration):
    dependencies = [("quicksync", "0010_outcomes_that_nobody_can_tell")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="woken_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="woken_by",
            field=models.CharField(blank=True, editable=False, max_length=10),
        ),
        migrations.RunPython(clean, migrations.RunPython.noop, elidable=True),
    ]
