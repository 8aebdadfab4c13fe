"""Forms of the register: what people type, checked, with messages that say what to do."""
