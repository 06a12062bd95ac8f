"""What a member is told: in the app, by e-mail, by push; a digest a day."""
