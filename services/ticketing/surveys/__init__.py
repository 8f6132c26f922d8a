"""Satisfaction surveys (满意度调查): drafted, opened to a frozen scope, answered by households, closed."""
