"""Many rows at once, each standing or falling alone."""
