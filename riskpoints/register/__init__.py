"""The register over all tables: its lines, the numbers of points, what is published of it."""
