"""The matcher: one Fellegi-Sunter model and an index in the process. Nothing here knows Django or a database."""
