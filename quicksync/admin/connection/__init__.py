"""The pages of a connection: its settings, what is synchronized, codes, accounts and lists."""
