"""Sampling plans of follow-up calls (回访抽样方案): which completed tickets are called about, and why just those."""
