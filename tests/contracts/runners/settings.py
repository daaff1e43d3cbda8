"""Settings of the processes that work for each runner: those of the crash tests, with the apps and
the queue that the runner of QUICKSYNC_RUNNER needs, and not those of another.
"""

import os

import tests.crash.settings as base

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

RUNNER = os.environ.get("QUICKSYNC_RUNNER", "")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
INSTALLED_APPS = [*base.INSTALLED_APPS]
if RUNNER == "django.tasks":
    INSTALLED_APPS += ["django_tasks_db"]
if RUNNER != "django-q2":
    INSTALLED_APPS.remove("django_q")
    del globals()["Q_CLUSTER"]
