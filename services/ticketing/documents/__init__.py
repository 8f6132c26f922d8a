"""Forms of a case on paper: the repair record (住户报修记录表) and the work slip (维修任务单), numbered and hashed."""
