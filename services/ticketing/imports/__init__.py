"""Tables in and out of the register: template, check, import, corrections, undo, export."""
