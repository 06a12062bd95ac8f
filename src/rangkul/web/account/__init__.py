"""Pages: the own account."""
