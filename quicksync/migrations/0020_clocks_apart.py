from django.db import migrations, models
import django.db.models.deletion

# In the database alone, both ways.
APART = """
INSERT INTO quicksync_connectionclock (
    connection_id, next_sync_at, woken_at, woken_by, cursor, read_at, read_kinds, lists_read_at,
    limiter, calls_month, calls, reads, failures, last_run_at, last_error
)
SELECT
    id, next_sync_at, woken_at, woken_by, cursor, read_at, read_kinds, lists_read_at,
    limiter, calls_month, calls, reads, failures, last_run_at, last_error
FROM quicksync_connection
"""
TOGETHER = """
UPDATE quicksync_connection SET (
    next_sync_at, woken_at, woken_by, cursor, read_at, read_kinds, lists_read_at,
    limiter, calls_month, calls, reads, failures, last_run_at, last_error
) = (
    SELECT
        apart.next_sync_at, apart.woken_at, apart.woken_by, apart.cursor, apart.read_at,
        apart.read_kinds, apart.lists_read_at, apart.limiter, apart.calls_month, apart.calls,
        apart.reads, apart.failures, apart.last_run_at, apart.last_error
    FROM quicksync_connectionclock AS apart
    WHERE apart.connection_id = quicksync_connection.id
)
"""
GONE = (
    'next_sync_at',
    'woken_at',
    'woken_by',
    'cursor',
    'read_at',
    'read_kinds',
    'lists_read_at',
    'limiter',
    'calls_month',
    'calls',
    'reads',
    'failures',
    'last_run_at',
    'last_error',
)


class Migration(migrations.Migration):

    dependencies = [
        ('quicksync', '0019_access_apart'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConnectionClock',
            fields=[
                ('connection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='clock', serialize=False, to='quicksync.connection')),
                ('next_sync_at', models.DateTimeField(blank=True, db_index=True, editable=False, null=True, verbose_name='next run')),
                ('woken_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('woken_by', models.CharField(blank=True, editable=False, max_length=10)),
                ('cursor', models.CharField(blank=True, editable=False, max_length=64)),
                ('read_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('read_kinds', models.JSONField(blank=True, default=list, editable=False)),
                ('lists_read_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('limiter', models.TextField(blank=True, editable=False)),
                ('calls_month', models.CharField(blank=True, editable=False, max_length=7)),
                ('calls', models.PositiveIntegerField(default=0, editable=False, verbose_name='calls this month')),
                ('reads', models.PositiveIntegerField(default=0, editable=False, verbose_name='metered reads this month')),
                ('failures', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='failed runs in a row')),
                ('last_run_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last run')),
                ('last_error', models.CharField(blank=True, editable=False, max_length=500, verbose_name='last problem')),
            ],
            options={
                'verbose_name': 'clock',
                'verbose_name_plural': 'clocks',
                'default_permissions': (),
            },
        ),
        migrations.RunSQL(APART, TOGETHER),
        *(migrations.RemoveField(model_name='connection', name=name) for name in GONE),
    ]
