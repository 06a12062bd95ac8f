"""Who may: team seats, guards, and the permission table compiled to SQL scopes."""
