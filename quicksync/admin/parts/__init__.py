"""What every page is made of: the base of our admins, pills, links, texts and choices."""
