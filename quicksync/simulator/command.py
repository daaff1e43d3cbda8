"""Start from a command line: options, one line when ready, a clean stop."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence

from quicksync.simulator.http.server import SimulatorServer
from quicksync.simulator.planting.seeding import COUNTRIES
from quicksync.simulator.site.site import Options, Site


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of every way to start."""
    defaults = Options()
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9400, help="port; 0 takes a free one")
    parser.add_argument(
        "--store", default="memory", help="a file that keeps the companies, or memory"
    )
    parser.add_argument(
        "--company",
        choices=("sample", "empty"),
        default="sample",
        help="what the first company holds",
    )
    parser.add_argument(
        "--country", choices=COUNTRIES, default="US", help="country of the first company"
    )
    parser.add_argument("--realm", default=defaults.realm, help="realm id of the first company")
    parser.add_argument(
        "--seed", type=int, default=1, help="makes keys, tokens and generated data repeatable"
    )
    parser.add_argument(
        "--limits", choices=("real", "off"), default="real", help="refuse over the published limits"
    )
    parser.add_argument("--quiet", action="store_true", help="do not log requests")


def serve(options: argparse.Namespace, say: Callable[[str], object]) -> None:
    """Serve until interrupted or terminated."""
    site = Site(
        Options(
            store=options.store,
            company=options.company,
            country=options.country,
            realm=options.realm,
            seed=options.seed,
            limits=options.limits,
        )
    )
    server = SimulatorServer(site, options.host, options.port)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True
    )
    thread.start()
    keys = f"client id {site.client_id}, client secret {site.client_secret}"
    say(f"QuickBooks Online simulator ready at {server.base_url} (company {options.realm}, {keys})")
    done.wait()
    server.shutdown()
    thread.join(5)
    server.close_all()
    server.server_close()
    site.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command without Django."""
    parser = argparse.ArgumentParser(prog="python -m quicksync.simulator", description=__doc__)
    add_options(parser)
    options = parser.parse_args(arguments)
    if not options.quiet:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    serve(options, say)
    return 0
