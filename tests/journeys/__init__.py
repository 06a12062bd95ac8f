"""Browser journeys by role, against a served training instance."""
