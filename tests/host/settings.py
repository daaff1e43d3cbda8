"""The print shop's settings: the bundled project's, with the shop in place of the bundled books."""

import config.settings as base

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

INSTALLED_APPS = [name for name in base.INSTALLED_APPS if name != "quicksync.books"] + [
    "tests.host.apps.HostConfig"
]
