"""The connection to the router, and the scripts that go through it.

Nothing is imported here: paramiko takes a noticeable part of a second, and only `session` and what it uses needs it.
"""
