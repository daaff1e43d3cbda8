"""The host's side: adapters turn its objects into records and records into its objects."""
