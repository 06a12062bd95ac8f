"""Due dates of cases as rows that follow events."""
