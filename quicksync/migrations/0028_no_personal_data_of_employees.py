"""Until now employees were read for their names only, and what QuickBooks told of them was kept as
it came. Birth dates and social security numbers are nobody's business here: the text goes, and
comes back without them when employees are read as a kind of their own.
"""

from __future__ import annotations

from django.db import migrations


def forget(apps, schema_editor):
    rows = apps.get_model("quicksync", "RemoteRecord").objects.using(schema_editor.connection.alias)
    rows.filter(type="Employee").update(payload="", fingerprint="")


class Migration(migrations.Migration):
    dependencies = [("quicksync", "0027_what_a_run_adds_up_to")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]
