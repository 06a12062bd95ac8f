"""Leave to share, per receiver and per item: given, withdrawn, read by its receiver."""
