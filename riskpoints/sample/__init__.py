"""The sample school: the founding document's own 2011 year, and a current year of a whole vocational school."""
