"""Rangkul: the case system in which the agencies of a city carry one person together."""
