"""How well and how fast a person is recognised: invented worlds, one metric code, and every contender on them."""
