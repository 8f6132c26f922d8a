"""Around the work itself: times agreed, work checked, slips returned, repeated faults, reports sent later."""
