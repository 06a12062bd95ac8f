"""What else could recognise a person, run on the same worlds: each gives answers in the one shape of ``metrics``."""
