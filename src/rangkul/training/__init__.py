"""Invented people for training instances, and the generator for benches."""
