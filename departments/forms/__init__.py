"""Forms of the organisation: what may be typed, and what is said when it cannot be saved; choices are passed in."""
