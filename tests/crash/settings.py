"""Settings of the worker processes: the bundled project's, with a lease that a dead worker loses
soon.
"""

import config.settings as base

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

QUICKSYNC = {
    "LEASE_SECONDS": 1,
    "EDITIONS": {
        "online": "quicksync.quickbooks.online.edition.OnlineEdition",
        "paper": "tests.contracts.polled_edition.PolledEdition",
    },
}
