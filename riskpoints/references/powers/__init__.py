"""职权目录: which powers a department has, how each runs, and what of it the discipline committee has filed."""
