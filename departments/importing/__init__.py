"""从 Excel 导入组织机构: one workbook with the whole organisation, read, compared, saved as one; and its way back."""
