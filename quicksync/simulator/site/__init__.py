"""What is around the companies: tokens, limits, trouble, webhooks, the log of requests."""
