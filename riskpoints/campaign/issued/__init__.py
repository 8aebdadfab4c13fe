"""发文登记: what the office issues, each under a number that no other has (R72)."""
