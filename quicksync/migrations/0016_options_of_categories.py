from django.db import migrations, models

# What each option was before, as a column, with its default.
COLUMNS = {
    "start_basis": "modified",
    "wins": "newest",
    "first_sync": "ask",
    "authority": "both",
    "on_delete_here": "void",
    "on_delete_there": "nothing",
    "active_only": True,
    "zero_totals": True,
    "until_paid": False,
    "hold_near_matches": True,
}
TABLES = ("Category", "HistoricalCategory")


def gather(apps, schema_editor):
    """The columns of each row into its options, history included: one UPDATE for each combination that there is."""
    for name in TABLES:
        rows = apps.get_model("quicksync", name).objects.using(schema_editor.connection.alias)
        for values in list(rows.order_by().values(*COLUMNS).distinct()):
            rows.filter(**values).update(options={"v": 1, "d": values})


def spread(apps, schema_editor):
    """The way back; an option that had no column yet is lost."""
    for name in TABLES:
        rows = apps.get_model("quicksync", name).objects.using(schema_editor.connection.alias)
        key = rows.model._meta.pk.name
        for pk, options in rows.values_list(key, "options").iterator(chunk_size=500):
            values = (options or {}).get("d", {})
            rows.filter(pk=pk).update(**{column: values.get(column, usual) for column, usual in COLUMNS.items()})


class Migration(migrations.Migration):

    dependencies = [
        ('quicksync', '0015_dead_options'),
    ]

    operations = [
        migrations.AddField(
            model_name='category',
            name='options',
            field=models.JSONField(default=dict, editable=False, verbose_name='options'),
        ),
        migrations.AddField(
            model_name='historicalcategory',
            name='options',
            field=models.JSONField(default=dict, editable=False, verbose_name='options'),
        ),
        migrations.RunPython(gather, spread),
        migrations.RemoveField(model_name='category', name='start_basis'),
        migrations.RemoveField(model_name='category', name='wins'),
        migrations.RemoveField(model_name='category', name='first_sync'),
        migrations.RemoveField(model_name='category', name='authority'),
        migrations.RemoveField(model_name='category', name='on_delete_here'),
        migrations.RemoveField(model_name='category', name='on_delete_there'),
        migrations.RemoveField(model_name='category', name='active_only'),
        migrations.RemoveField(model_name='category', name='zero_totals'),
        migrations.RemoveField(model_name='category', name='until_paid'),
        migrations.RemoveField(model_name='category', name='hold_near_matches'),
        migrations.RemoveField(model_name='historicalcategory', name='start_basis'),
        migrations.RemoveField(model_name='historicalcategory', name='wins'),
        migrations.RemoveField(model_name='historicalcategory', name='first_sync'),
        migrations.RemoveField(model_name='historicalcategory', name='authority'),
        migrations.RemoveField(model_name='historicalcategory', name='on_delete_here'),
        migrations.RemoveField(model_name='historicalcategory', name='on_delete_there'),
        migrations.RemoveField(model_name='historicalcategory', name='active_only'),
        migrations.RemoveField(model_name='historicalcategory', name='zero_totals'),
        migrations.RemoveField(model_name='historicalcategory', name='until_paid'),
        migrations.RemoveField(model_name='historicalcategory', name='hold_near_matches'),
    ]
