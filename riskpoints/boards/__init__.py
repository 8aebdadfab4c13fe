"""What each role sees first: 分管工作, and below what waits in the inbox the figures of the role's own work."""
