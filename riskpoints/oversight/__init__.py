"""监控、处置、考核: what the school does once its tables are in force; a wing of the register."""
