from django.db import migrations, models
from django.db.models import F


def as_synchronized(apps, schema_editor):
    """What has been synchronized before goes on; what has not waits for its first preview."""
    categories = apps.get_model("quicksync", "Category").objects.filter(first_synced_at__isnull=False)
    categories.update(approved_at=F("first_synced_at"))


class Migration(migrations.Migration):
    dependencies = [("quicksync", "0007_refused_by_whom_and_the_model_of_a_new_object")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="approved_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="first preview approved"
            ),
        ),
        migrations.RunPython(as_synchronized, migrations.RunPython.noop),
    ]
