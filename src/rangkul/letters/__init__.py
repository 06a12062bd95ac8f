"""Letters from city templates: number, paraf, signature, PDF, public verification."""
