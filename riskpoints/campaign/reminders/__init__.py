"""催办: what people are reminded of, by the office and by themselves; mails, and the record of the year."""
