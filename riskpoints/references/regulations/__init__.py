"""制度库: the regulations that measures rest on, from their first draft to the day they are repealed or replaced."""
