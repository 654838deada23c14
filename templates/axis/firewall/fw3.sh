# shellcheck shell=dash
# 14.07 to 21.02: fw3 makes iptables rules of /etc/config/firewall.

firewall_file() {
	echo "${IPKG_INSTROOT}/etc/config/firewall"
}

# firewall_includes: our lines are in the file that is read.
firewall_includes() {
	return 0
}

# firewall_listing: every chain with its rules and counters, table by table.
firewall_listing() {
	echo "table filter"
	iptables -n -v -L
	echo "table nat"
	iptables -t nat -n -v -L
}

# firewall_check FILE: uci can read it. fw3 has no dry run that would say more (openwrt.md F2).
firewall_check() {
	uci -q -c "${1%/*}" show "${1##*/}" >/dev/null
}

# firewall_rebuild: a restart, since up to 19.07 a reload stumbles over zones that come or go (openwrt.md F6).
firewall_rebuild() {
	service_run "${IPKG_INSTROOT}/etc/init.d/firewall" restart
	iptables -n -L | grep -q '^Chain zone_'
}

# firewall_reload: built anew, and our rules are among those that run.
firewall_reload() {
	firewall_rebuild
	iptables -n -L | grep -q 'dpt:1723'
}
