"""New and sample companies."""
