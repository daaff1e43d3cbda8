"""The pages of a run: preview, progress, result and export."""
