"""What proves later who decided what: the trail as read, the record of a year, freezing, verification."""
