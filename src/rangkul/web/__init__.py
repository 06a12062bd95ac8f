"""Face 1: pages."""
