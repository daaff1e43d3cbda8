"""Whether all is well: health, alerts, the digest, reconciliation."""
