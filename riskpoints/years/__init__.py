"""A year of the register: opened, changed, closed; what is carried over into its drafts from elsewhere."""
