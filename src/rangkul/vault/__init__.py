"""Keys: one data key per subject, sealing and opening of protected values, blind indexes."""
