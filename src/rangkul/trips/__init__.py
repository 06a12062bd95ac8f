"""Returns home with legs and confirmed arrival; deaths in care."""
