"""廉政教育: recording it, reading it, its papers, its place in the archive (R14, R37)."""
