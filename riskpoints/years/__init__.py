"""A year of the register: opened, changed, closed."""
