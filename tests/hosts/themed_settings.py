"""A host with the theme django-unfold: the bundled project's settings, the theme and the yard in
place of the books.
"""

import config.settings as base

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

WITHOUT = ("quicksync", "quicksync.books", "import_export")
INSTALLED_APPS = [
    "quicksync",
    "unfold",
    *(name for name in base.INSTALLED_APPS if name not in WITHOUT),
    "tests.hosts.yard.apps.YardConfig",
]
ROOT_URLCONF = "tests.hosts.themed_urls"
# The project's own base_site.html is made for Django's theme.
TEMPLATES = [{**base.TEMPLATES[0], "DIRS": []}]
# unfold's scripts do not run under the project's policy.
MIDDLEWARE = [name for name in base.MIDDLEWARE if not name.startswith("csp.")]
