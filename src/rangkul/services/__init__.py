"""Services given: what, to whom, how much, by whom, with which proof."""
