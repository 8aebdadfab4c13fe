"""What people see of proposals and opinions, and press."""
