"""Set up a PPTP VPN server on an OpenWrt router. Importing this package loads nothing else."""

__version__ = "0.1.0"
