"""Owner files (业主档案) and their monthly checks."""
