"""Where reports pile up, with the cases behind each number."""
