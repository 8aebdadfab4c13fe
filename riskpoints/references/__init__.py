"""What points and measures refer to, each kept in an app of its own: it knows the organisation and no risk point."""
