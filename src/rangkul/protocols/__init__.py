"""Protocols switched on for a period; guidance sessions held under them."""
