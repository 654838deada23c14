# shellcheck shell=dash
# White Russian and Kamikaze: an init script builds the filter with iptables and sources /etc/firewall.user.

firewall_file() {
	echo "${IPKG_INSTROOT}/etc/firewall.user"
}

# firewall_includes: the init script names the file itself.
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

# firewall_check FILE: the shell can read it.
firewall_check() {
	sh -n "$1"
}

# firewall_rebuild: flush and build anew. What is open stays open: the kernel goes on tracking it.
firewall_rebuild() {
	for script in "${IPKG_INSTROOT}"/etc/init.d/S??firewall "${IPKG_INSTROOT}/etc/init.d/firewall"; do
		[ -f "$script" ] && "$script" restart
	done
	iptables -n -L input_rule >/dev/null
}

# firewall_reload: built anew, and our rules are among those that run.
firewall_reload() {
	firewall_rebuild
	iptables -n -L pptp_wizard_input
}
