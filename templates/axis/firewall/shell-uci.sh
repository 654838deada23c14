# shellcheck shell=dash
# 8.09 to 12.09: shell functions build the filter from /etc/config/firewall and run what its include sections name.

firewall_file() {
	echo "${IPKG_INSTROOT}/etc/firewall.user"
}

# firewall_includes: an include section that counts names the file (8.09 ships it behind a #).
firewall_includes() {
	grep -q '^[^#]*option[^#]*path[^#]*/etc/firewall.user' "${IPKG_INSTROOT}/etc/config/firewall"
}

# firewall_listing: every chain with its rules and counters, table by table.
firewall_listing() {
	echo "table filter"
	iptables -n -v -L
	echo "table nat"
	iptables -t nat -n -v -L
}

# firewall_check FILE: whoever will read it can: the shell, or uci for what is in /etc/config.
firewall_check() {
	case "$1" in
	*/firewall) uci -q -c "${1%/*}" show firewall >/dev/null ;;
	*) sh -n "$1" ;;
	esac
}

# firewall_rebuild: flush and build anew. What is open stays open: the kernel goes on tracking it.
firewall_rebuild() {
	service_run "${IPKG_INSTROOT}/etc/init.d/firewall" restart
	iptables -n -L input_rule >/dev/null
}

# firewall_reload: built anew, and our rules are among those that run.
firewall_reload() {
	firewall_rebuild
	iptables -n -L pptp_wizard_input
}
