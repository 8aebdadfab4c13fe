"""What people see of powers, and press."""
