"""Who does what by its main duty: events become duties of the post that must act."""
