"""Sign-in: grants prove who somebody is, sessions keep them signed in, the issuer's keys sign their tokens."""
