"""What waits for whom: the menu, the inbox's tasks, what is missing before the first year."""
