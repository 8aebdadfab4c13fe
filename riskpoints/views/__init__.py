"""What people see and press: each module one kind of page."""
