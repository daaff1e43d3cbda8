"""The pages of one record: its two sides, its history, skipping it and settling a conflict."""
