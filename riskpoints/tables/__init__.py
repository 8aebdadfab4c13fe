"""One table's life: begun, filled in, handed in, reviewed, signed, put in force, revised."""
