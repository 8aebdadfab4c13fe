"""年度计划: milestones and tasks, their acts, 督办, papers, and the place in the archive (R10, R11, R52)."""
