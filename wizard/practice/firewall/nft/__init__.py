"""What `fw4` does: sections of the configuration become one nftables table."""
