"""考核: the year's indicators, what is reckoned and scored of each department, its grade, and the veto (R49, R50)."""
