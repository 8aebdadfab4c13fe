"""The pages of 典型风险库: kept by the committee, read by who fills in, taken from in the editor."""
