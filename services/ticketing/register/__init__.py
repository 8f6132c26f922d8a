"""What all parts of the register share: lists, and the bulk import by which other systems feed it."""
