"""Backups: one sealed file of everything, tried out in a scratch database before it counts, and the way back."""
