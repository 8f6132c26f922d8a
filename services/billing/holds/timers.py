"""The name of the holds' timer, for those who stop it."""

HOLD_DUE = "dunning.hold.due"
