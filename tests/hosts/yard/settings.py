"""The yard's settings: the bundled project's, with the yard in place of the bundled books."""

import config.settings as base

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

WITHOUT = ("quicksync.books", "import_export")
INSTALLED_APPS = [name for name in base.INSTALLED_APPS if name not in WITHOUT] + [
    "tests.hosts.yard.apps.YardConfig"
]
