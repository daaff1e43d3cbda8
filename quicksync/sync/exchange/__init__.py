"""What is sent and what lands, and what becomes of each."""
