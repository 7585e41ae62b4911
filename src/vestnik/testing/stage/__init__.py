"""Where a tested bot runs, on the fake core or on the real one, and what people do there."""
