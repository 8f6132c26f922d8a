"""Transfer and leaving: nobody goes while open work would be nobody's."""
