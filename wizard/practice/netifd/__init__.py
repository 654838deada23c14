"""Stands in for netifd: /etc/config/network into addresses, routes and processes, and what ubus says about them.

Not OpenWrt's code. Real are the kernel, udhcpc and pppd. Recorded on 24.10.5 and reproduced: what `ubus call
network.interface… status|dump` and `network.device status` print, the log's lines, resolv.conf.auto. Protocols: static,
dhcp, pppoe, none; any other acts as none does, as where its handler is not installed. IPv6 goes as far as a ULA address
for interfaces with `ip6assign`. Not there: wireless, link detection, host routes, switches.
"""
