"""Wiring, and the plain tools that know no risk point."""

# Written into each archive, so that a reader knows which program made it; CHANGELOG.md says what a version holds.
VERSION = "0.1.0"
