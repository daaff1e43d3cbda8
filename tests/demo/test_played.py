"""`make demo ONCE=1` passes also after a person has played with the demonstration: edits, voids,
skips, switches.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.crash.processes import PATIENCE
from tests.demo.test_demo import command, read_until
from tests.tree import ROOT


def environment_of_the_worker(var):
    """What the demonstration has given its own processes: folder, database, where its QuickBooks
    is.
    """
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found = dict(
                part.split("=", 1)
                for part in (process / "environ").read_text().split("\0")
                if "=" in part
            )
        except (OSError, ValueError):
            continue
        if str(var) in found.get("QUICKSYNC_VAR", "") and "QUICKSYNC_INTUIT_BASE" in found:
            return found
    raise AssertionError("the demonstration's worker is not up")


def test_it_agrees_again_after_a_person_has_played(tmp_path):
    first = command(tmp_path)
    read_until(first, "Ctrl-C stops everything")
    inside = environment_of_the_worker(tmp_path)
    played = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", "from tests.demo import play; play.play()"],
        cwd=ROOT,
        env=inside,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert played.returncode == 0, played.stderr
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=PATIENCE)
    again = command(tmp_path, "--once")
    said = again.communicate(timeout=PATIENCE)[0]
    assert again.returncode == 0, said
    assert "Both sides agree to the cent, but for what is listed above with its reason." in said
    for sentence in (
        r"Invoice \d+ was deleted in QuickBooks\.", r"Invoice \d+ was voided in QuickBooks\.",
        r"Payment [\d-]+ was deleted here, and is void or inactive in QuickBooks\.",
        r"Payment \d+ was deleted in QuickBooks\.",
    ):  # fmt: skip
        assert re.search(sentence, said), said
    assert "  !" not in said
