"""Stand-ins for ubusd, procd and ubox's log: one daemon on a Unix socket, and the programs that talk to it.

Not OpenWrt's code: what is reproduced is what the programs print, their exit codes and what they do to processes, as
recorded on 24.10.5 and as documented. The wire between the programs is our own (a line of JSON each way).
"""
