"""Talk on a case: public replies, urging, and taking a reply back."""
