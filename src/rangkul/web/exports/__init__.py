"""Pages: lists that leave the house."""
