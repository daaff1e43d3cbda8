from django.db import migrations, models

# Role of a default account, as it was stored -> name of the option.
NAMES = {
    "income": "income_account",
    "expense": "expense_account",
    "cost": "cost_account",
    "stock": "stock_account",
    "deposit": "deposit_account",
    "discount": "discount_account",
    "item": "line_product",
}
ROLES = {name: role for role, name in NAMES.items()}
TABLES = ("Connection", "HistoricalConnection")


def _move(apps, schema_editor, source, target, change):
    for name in TABLES:
        rows = apps.get_model("quicksync", name).objects.using(schema_editor.connection.alias)
        key = rows.model._meta.pk.name
        for pk, stored in rows.values_list(key, source).iterator(chunk_size=500):
            rows.filter(pk=pk).update(**{target: change(stored or {})})


def gather(apps, schema_editor):
    """The default accounts of each row into its options, history included."""

    def options(defaults):
        values = dict.fromkeys(ROLES, "")
        values.update({NAMES.get(role, role): str(value) for role, value in defaults.items() if value})
        return {"v": 1, "d": values}

    _move(apps, schema_editor, "defaults", "options", options)


def spread(apps, schema_editor):
    """The way back; what is not chosen was not stored."""

    def defaults(options):
        return {ROLES.get(name, name): value for name, value in options.get("d", {}).items() if value}

    _move(apps, schema_editor, "options", "defaults", defaults)


class Migration(migrations.Migration):

    dependencies = [
        ('quicksync', '0016_options_of_categories'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='options',
            field=models.JSONField(default=dict, editable=False, verbose_name='options'),
        ),
        migrations.AddField(
            model_name='historicalconnection',
            name='options',
            field=models.JSONField(default=dict, editable=False, verbose_name='options'),
        ),
        migrations.RunPython(gather, spread),
        migrations.RemoveField(model_name='connection', name='defaults'),
        migrations.RemoveField(model_name='historicalconnection', name='defaults'),
    ]
