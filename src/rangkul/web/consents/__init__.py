"""Pages of leaves to share."""
