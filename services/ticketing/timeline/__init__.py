"""A household's whole story in one list: cases, calls, surveys, files, relations, what the owner's file says."""
