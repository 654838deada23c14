"""PPTP without I/O: bytes in, events and bytes out. Imports nothing of ours and opens no socket."""
