from django.db import migrations, models
import django.db.models.deletion

import quicksync.models.encrypted

# In the database alone: a secret whose key is missing stays as it is.
APART = """
INSERT INTO quicksync_connectionaccess (
    connection_id, access_token, refresh_token, previous_refresh_token,
    access_expires_at, refresh_expires_at, reconnect_by, version, lease_until
)
SELECT
    id, access_token, refresh_token, previous_refresh_token,
    access_expires_at, refresh_expires_at, reconnect_by, token_version, token_lease_until
FROM quicksync_connection
"""
TOGETHER = """
UPDATE quicksync_connection SET (
    access_token, refresh_token, previous_refresh_token,
    access_expires_at, refresh_expires_at, reconnect_by, token_version, token_lease_until
) = (
    SELECT
        apart.access_token, apart.refresh_token, apart.previous_refresh_token,
        apart.access_expires_at, apart.refresh_expires_at, apart.reconnect_by,
        apart.version, apart.lease_until
    FROM quicksync_connectionaccess AS apart
    WHERE apart.connection_id = quicksync_connection.id
)
"""
GONE = (
    'access_token',
    'refresh_token',
    'previous_refresh_token',
    'access_expires_at',
    'refresh_expires_at',
    'reconnect_by',
    'token_version',
    'token_lease_until',
    'created_at',
)


class Migration(migrations.Migration):

    dependencies = [
        ('quicksync', '0018_words_on_screen'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConnectionAccess',
            fields=[
                ('connection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='access', serialize=False, to='quicksync.connection')),
                ('access_token', quicksync.models.encrypted.EncryptedTextField(blank=True, default='', editable=False)),
                ('refresh_token', quicksync.models.encrypted.EncryptedTextField(blank=True, default='', editable=False)),
                ('previous_refresh_token', quicksync.models.encrypted.EncryptedTextField(blank=True, default='', editable=False)),
                ('access_expires_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('refresh_expires_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('reconnect_by', models.DateTimeField(blank=True, editable=False, null=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'verbose_name': 'access',
                'verbose_name_plural': 'access',
                'default_permissions': (),
            },
        ),
        migrations.RunSQL(APART, TOGETHER),
        *(migrations.RemoveField(model_name='connection', name=name) for name in GONE),
        migrations.RemoveField(model_name='historicalconnection', name='created_at'),
    ]
