"""Pages: what a person may ask about their own data."""
