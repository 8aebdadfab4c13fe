"""依据文件: the documents that a year's work rests on, kept by the office and cited on the year's 公示稿 (R02)."""
