"""A wing: the year's work around the register, its plan and deadlines, education, deliveries, reminders."""
