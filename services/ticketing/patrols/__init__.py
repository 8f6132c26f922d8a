"""Daily patrols of the park (巡楼): the record, what was found on it, and the supervisor's reading (B-032, B-033)."""
