"""``python -m bench.matching``; the work is in ``contest``, which worker processes can find by its name."""

from bench.matching.contest import main

if __name__ == "__main__":
    main()
