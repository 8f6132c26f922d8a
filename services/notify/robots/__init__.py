"""Robots in staff's group chats, each told of what concerns its org unit."""
