"""The long proofs: crashes, contests, fuzzing, and faults planted on purpose (``make prove``)."""
