"""Settings of the site whose companies are many: the bundled project's, with reads at Intuit that
never run short, a queue of its own, and all statements counted.
"""

from __future__ import annotations

import os

import config.settings as base
from benchmarks.many import statements

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

QUICKSYNC = {**base.QUICKSYNC, "MONTHLY_READS": 0}
# What stands in for Intuit is a simulator.
SILENCED_SYSTEM_CHECKS = ["quicksync.W001"]
Q_CLUSTER = {**base.Q_CLUSTER, "name": os.environ["BENCH_CLUSTER"]}
statements.count_in(base.VAR_DIR / "statements")
