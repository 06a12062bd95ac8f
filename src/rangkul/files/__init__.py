"""Photos and documents: checked, re-encoded, sealed under their subject's key."""
