"""What stands in one table, read: its content, what is missing, what differs, what is in force, its history."""
