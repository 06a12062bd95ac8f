"""Several contacts with a child that together say more than each: told to Unit PPA alone (practice.md S8)."""
