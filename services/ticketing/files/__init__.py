"""Files of cases: uploaded first, then attached; read by links of ten minutes."""
