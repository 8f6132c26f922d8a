"""The collection rate with the bills behind it, and its snapshot at each quarter's close."""
