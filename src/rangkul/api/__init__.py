"""Face 2: JSON for other systems."""
