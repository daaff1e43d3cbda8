"""What is known of the company itself: its facts, codes and currencies."""
