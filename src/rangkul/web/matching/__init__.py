"""Pages of one person, one record: merging, the queue of likely doubles, joining two cases."""
