"""Hand-overs between posts, referrals to institutions, and the links that answer them."""
