"""News that happens outside the house and that clocks of the law wait for: police, court, LPSK."""
