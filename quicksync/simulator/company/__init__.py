"""One company as it is asked: queries, changes, replays."""
