"""Stand-ins for OpenWrt's `uci`: its files, its command line, and the validation that init scripts do with it."""
