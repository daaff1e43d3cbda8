"""`python -m quicksync.simulator`."""

from __future__ import annotations

import sys

from quicksync.simulator.command import main

sys.exit(main())
