"""Words that stand on every letter."""

# row: C-198 the company interprets its letters; every letter says so
INTERPRETATION = {"zh": "本责任书由公司负责解释。", "en": "The company interprets this letter."}
