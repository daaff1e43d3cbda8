"""Which records belong together, and which names and numbers are taken."""
