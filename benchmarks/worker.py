"""One phase of one scenario in a process of its own, so that its memory is its own: prints the
figures as JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import django


def main() -> None:
    """`python -m benchmarks.worker SCENARIO PHASE '{"invoices": 1000}'`; the environment says
    where.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    name, phase, options = sys.argv[1:]
    # Only now: the scenarios import models.
    scenario = importlib.import_module(f"benchmarks.{name}")
    figures = getattr(scenario, phase)(**json.loads(options))
    sys.stdout.write(json.dumps(figures or {}) + "\n")


if __name__ == "__main__":
    main()
