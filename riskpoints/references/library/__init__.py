"""典型风险库: risks that are typical of a vocational school, with measures, and the questions that lead to them."""
