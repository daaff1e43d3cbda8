"""The bundled Django project: settings, addresses and server entry points around quicksync."""
