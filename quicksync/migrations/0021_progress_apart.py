from django.db import migrations, models

# How far a run is: these stood beside what was asked of it.
MOVED = {
    "began": "began",
    "lists": "lists",
    "setup_seen": "setup_seen",
    "cursor_at": "cursor_at",
    "sweep": "sweep",
    "totals": "totals",
    "short": "short",
    "first": "first",
    "afresh": "afresh",
    "look": "look_began",
    "asked": "asked",
}
AT_WORK = ("queued", "planning", "draft", "approved", "running")


def move(apps, schema_editor):
    """Runs that have ended go on no more: what they had kept is of no use to anybody."""
    runs = apps.get_model("quicksync", "SyncRun").objects.using(schema_editor.connection.alias)
    for pk, scope in runs.filter(state__in=AT_WORK).values_list("pk", "scope"):
        progress = {new: scope[old] for old, new in MOVED.items() if old in scope}
        asked = {name: value for name, value in scope.items() if name not in MOVED}
        if progress:
            runs.filter(pk=pk).update(scope=asked, progress=progress)


def back(apps, schema_editor):
    runs = apps.get_model("quicksync", "SyncRun").objects.using(schema_editor.connection.alias)
    for pk, scope, progress in runs.filter(state__in=AT_WORK).values_list("pk", "scope", "progress"):
        kept = {old: progress[new] for old, new in MOVED.items() if new in progress}
        runs.filter(pk=pk).update(scope={**scope, **kept})


class Migration(migrations.Migration):

    dependencies = [
        ('quicksync', '0020_clocks_apart'),
    ]

    operations = [
        migrations.AddField(
            model_name='syncrun',
            name='progress',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AlterField(
            model_name='syncrun',
            name='scope',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.RunPython(move, back),
    ]
