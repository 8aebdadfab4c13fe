"""参与: what people outside the table say about it: proposals between departments, opinions on what is published."""
