"""The endpoints that others call: Intuit's browser redirects and its webhooks."""
