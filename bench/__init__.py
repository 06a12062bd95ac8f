"""The bench: what one operation costs, beside a minimal view and the bare SQL (``make bench``)."""
