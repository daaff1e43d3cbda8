from django.db import migrations, models

import quicksync.models.connection


def default(model):
    return migrations.AlterField(
        model_name=model,
        name='edition',
        field=models.CharField(
            default=quicksync.models.connection.default_edition,
            max_length=20,
            verbose_name='edition',
        ),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('quicksync', '0021_progress_apart'),
    ]

    # The database knows nothing of defaults.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[default('connection'), default('historicalconnection')],
        ),
    ]
