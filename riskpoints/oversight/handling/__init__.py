"""问题登记和处置: findings, what is done about them, replies and their verification (R42–R47)."""
