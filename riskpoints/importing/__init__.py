"""A table filled in with Excel, brought into its draft: read, compared, shown, then added as one."""
