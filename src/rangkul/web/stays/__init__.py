"""Pages: stays."""
