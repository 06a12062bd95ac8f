"""Rights of the person over their own data (UU 27/2022): requests, restriction, erasure, register, breach, retention."""
