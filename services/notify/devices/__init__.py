"""The devices on which the app shows notifications: registered at sign-in, let go at sign-out."""
