"""Work in processes of its own: what takes much memory, and what strangers send."""
