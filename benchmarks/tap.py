"""tap-quickbooks, a public client that prints what it reads: what our pace is compared with.

It runs unchanged, in an environment of its own under var/, against the same simulated company. Only
Intuit's addresses are replaced, since it has no setting for them.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
import venv
from pathlib import Path

from benchmarks import world
from quicksync.conf import settings

VERSION = "2.5.0"
HOME = Path(__file__).resolve().parent.parent / "var" / f"tap-quickbooks-{VERSION}"
# What the other side of the comparison reads too.
STREAMS = ("accounts", "tax_codes", "terms", "payment_methods", "customers", "items", "invoices")

# What it imports is not counted, as it is not counted on our side.
_INSIDE = """
import json, sys, time
import tap_quickbooks
from tap_quickbooks import client, discover
client.PROD_ENDPOINT_BASE = sys.argv.pop(1)
catalog, streams = discover.do_discover().to_dict(), sys.argv.pop(1).split(",")
for stream in catalog["streams"]:
    for one in stream["metadata"]:
        if not one["breadcrumb"]:
            one["metadata"]["selected"] = stream["stream"] in streams
with open(sys.argv[-1], "w", encoding="utf-8") as file:
    json.dump(catalog, file)
started = time.process_time()
tap_quickbooks.main()
print(json.dumps({"processor": time.process_time() - started}), file=sys.stderr)
"""


def printed(realm: str) -> world.Figures:
    """It prints the whole company: how many records, and its seconds."""
    python = _installed()
    company = next(
        one for one in world.simulator("GET", "status")["companies"] if one["realm_id"] == realm
    )
    with tempfile.TemporaryDirectory() as folder:
        config, out = Path(folder, "config.json"), Path(folder, "out")
        known = {
            "start_date": "2000-01-01T00:00:00Z",
            "user_agent": "benchmark",
            "realm_id": realm,
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "refresh_token": company["refresh_token"],
            "access_token": company["access_token"],
        }
        config.write_text(json.dumps(known), encoding="utf-8")
        command = [
            *(str(python), "-c", _INSIDE, settings.intuit_base, ",".join(STREAMS)),
            *("--dev", "--config", str(config), "--catalog", str(Path(folder, "catalog.json"))),
        ]
        # Plain HTTP, which is as far as a simulator on this machine goes.
        env = {**os.environ, "OAUTHLIB_INSECURE_TRANSPORT": "1"}
        started = time.perf_counter()
        with out.open("w", encoding="utf-8") as file:
            done = subprocess.run(
                command, stdout=file, stderr=subprocess.PIPE, text=True, check=True, env=env
            )
        seconds = time.perf_counter() - started
        with out.open(encoding="utf-8") as file:
            records = sum('"RECORD"' in line for line in file)
    figures: world.Figures = json.loads(done.stderr.splitlines()[-1])
    return {**figures, "records": records, "seconds": seconds}


def _installed() -> Path:
    """The Python of its environment, which the first run makes."""
    python = HOME / "bin" / "python"
    if not (HOME / "ready").exists():
        venv.create(HOME, with_pip=True, clear=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", f"tap-quickbooks=={VERSION}"],
            check=True,
        )
        (HOME / "ready").touch()
    return python
