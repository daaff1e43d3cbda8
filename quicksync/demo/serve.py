"""`python -m quicksync.demo.serve 3`: the site, on a socket that whoever started it listens on
already.

So the port that was chosen is the port that is served, whatever else starts on this machine
meanwhile.
"""

from __future__ import annotations

import socket
import sys

import django
import waitress
from django.core.servers.basehttp import get_internal_wsgi_application


def main(handle: int) -> None:
    """Serve until told to stop."""
    django.setup()
    waitress.serve(get_internal_wsgi_application(), sockets=[socket.socket(fileno=handle)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
