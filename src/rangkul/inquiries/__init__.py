"""Somebody looks for somebody: inquiries, matches that only the holder learns of, tracing texts, claims on a child."""
