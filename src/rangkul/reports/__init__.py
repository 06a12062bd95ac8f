"""What someone saw, who was sent, and the contact that followed."""
