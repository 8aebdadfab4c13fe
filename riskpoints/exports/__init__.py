"""Files taken away that may take long to make: at once where they are small, else from a queue with its progress."""
