"""监控检查: which checks are due, filling a check sheet in, handing it in, reviewing it, its papers (R35, R41)."""
