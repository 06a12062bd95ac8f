"""Pages: several contacts with a child, for Unit PPA."""
