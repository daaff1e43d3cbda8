"""Keys of the app, tokens of a company, and what calls are counted."""
