"""The pages of 制度库."""
