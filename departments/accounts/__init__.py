"""The own account: login, sessions, passwords, the second factor, typed text that is not saved yet."""
