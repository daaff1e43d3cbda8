"""From what has changed to the steps of a run."""
