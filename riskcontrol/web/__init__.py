"""What every request meets: middleware, limits, forms, downloads, and the pages for what went wrong."""
