"""Nights in the city shelter: bed, roll-call, extension, leaving."""
