"""The event log: append only, chained, written in the transaction of the act; receipts of client keys."""
