"""Many companies at work for a while, on PostgreSQL with Redis, as a deployment has them."""
