"""Pages of the year's work."""
