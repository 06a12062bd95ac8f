"""Pages: who looked and why, the trail, its alarms."""
