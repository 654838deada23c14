"""What `fw3` does: sections of the configuration become rules of iptables and ip6tables."""
