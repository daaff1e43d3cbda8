"""Opens pages of a host with a theme in a process of its own: a theme is installed when the site
starts.
"""

import json
import os
import re
import sys
import tempfile
from pathlib import Path


def main():
    """The pages' texts, by name, as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'themed.sqlite3'}"
        os.environ["QUICKSYNC_VAR"] = folder
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        from django.apps import apps

        with connection.schema_editor() as editor:
            for model in apps.get_app_config("yard").get_models():
                editor.create_model(model)
        json.dump(pages(), sys.stdout)


def pages():
    from django.contrib.auth.models import User
    from django.test import Client

    from quicksync.models import Connection
    from tests.hosts.yard.models import Firm

    connection, firm = Connection.objects.create(name="Acme"), Firm.objects.create(title="Acme")
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(User.objects.create_superuser("boss"))
    addresses = {
        "connection": f"/admin/quicksync/connection/{connection.pk}/change/",
        "connections": "/admin/quicksync/connection/",
        "add": "/admin/quicksync/connection/add/",
        "records": "/admin/quicksync/entitymapping/",
        "setup": "/admin/quicksync/connection/setup/",
        "health": "/admin/quicksync/connection/health/",
        "firm": f"/admin/yard/firm/{firm.pk}/change/",
        "firms": "/admin/yard/firm/?q=x",
    }
    found = {}
    for name, address in addresses.items():
        response = browser.get(address)
        text = re.sub(r"\s+", " ", response.content.decode())
        found[name] = {"status": response.status_code, "text": text}
    return found


if __name__ == "__main__":
    main()
