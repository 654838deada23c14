"""A small OpenWrt that stands in for the real one, in the lab and in practice. No other package imports this one."""
