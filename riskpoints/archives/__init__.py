"""年度档案: the annual package, how it is built, checked and handed out (R32; domain.md §5.2)."""
