"""Face 3: the command line."""
