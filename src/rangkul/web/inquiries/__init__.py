"""Pages: looking for somebody."""
