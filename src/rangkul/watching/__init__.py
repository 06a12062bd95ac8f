"""Who looked, and why; alarms from the trail, judged by the data-protection officer."""
