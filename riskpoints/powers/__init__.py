"""A wing: the pages and papers of 职权目录, and how risk points lie on the steps of powers."""
