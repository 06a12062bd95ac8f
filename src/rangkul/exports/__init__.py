"""Lists that leave the house: asked for with a purpose, agreed to, marked, sealed with a password, taken once."""
