"""Standing of each person per year and SPM type; figures, quality, budget, frozen periods."""
