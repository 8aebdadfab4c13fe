"""制度库 on the screen: list and page of a regulation, what cites it, 废改立清单, its part of the archive."""
