"""What a year adds up to: progress, coverage, and what changed against the year before."""
