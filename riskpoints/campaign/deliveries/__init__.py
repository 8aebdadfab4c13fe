"""报送与留存: what still has to be sent, what was sent to whom, its receipt and papers (R64, R69, R72)."""
