"""Pure rules: no Django, no clock, no disk, no network."""
