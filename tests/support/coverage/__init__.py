"""Which row of the domain catalogue is kept where, which test proves it, and whether that proof would notice a loss."""
