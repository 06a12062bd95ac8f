"""Name keys and the memory of pairs that are not the same person."""
