"""定期复核: tables in force that nobody has looked through for long (R34: 不断修订完善)."""
