"""Settings of a soak: those of a walk, with journals that are kept for days only, so that they are
as long as they get before anything is compared.
"""

import tests.walk.settings as walk

globals().update({name: value for name, value in vars(walk).items() if name.isupper()})

QUICKSYNC: dict[str, object] = {
    **walk.QUICKSYNC,
    "KEEP_ATTEMPTS_DAYS": 2,
    "KEEP_RUNS_DAYS": 3,
    "KEEP_IDLE_RUNS_DAYS": 1,
}
