"""How a member proves to be the one: second factor, sessions, tokens, the own password."""
