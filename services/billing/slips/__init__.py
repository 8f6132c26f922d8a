"""Paid service slips (有偿服务单): posted in time, so that the deduction run takes them along."""
