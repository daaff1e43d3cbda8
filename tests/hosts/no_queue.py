"""A host without any queue: the yard's settings without django-q2."""

import tests.hosts.yard.settings as base

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

INSTALLED_APPS = [name for name in base.INSTALLED_APPS if name != "django_q"]
del globals()["Q_CLUSTER"]
