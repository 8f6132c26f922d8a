"""The auditor's door: the originals (原始凭据) behind one case of a number, each opening on record for good."""
