"""Workshops, coordination meetings and case conferences, with their action items."""
