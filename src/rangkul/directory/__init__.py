"""The city served, its agencies, posts and members; sign-in."""
