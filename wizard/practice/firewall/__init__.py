"""Stand-ins for OpenWrt's `fw3` (14.07 to 21.02) and `fw4` (22.03 on), which read the same configuration."""
