# shellcheck shell=dash
# 22.03 and later: fw4 makes nftables rules of /etc/config/firewall.

firewall_file() {
	echo "${IPKG_INSTROOT}/etc/config/firewall"
}

# firewall_includes: our lines are in the file that is read.
firewall_includes() {
	return 0
}

# firewall_listing: the whole table, as it runs.
firewall_listing() {
	nft list table inet fw4
}

# firewall_check FILE: uci can read it.
firewall_check() {
	uci -q -c "${1%/*}" show "${1##*/}" >/dev/null
}

# firewall_rebuild: in one go or not at all (nft -f), so nobody is without a filter meanwhile. Its exit code says nothing
# about skipped sections (openwrt.md R5).
firewall_rebuild() {
	"${IPKG_INSTROOT}/etc/init.d/firewall" reload
	nft list chain inet fw4 input >/dev/null
}

# firewall_reload: built anew, and our rules are among those that run.
firewall_reload() {
	firewall_rebuild
	nft list table inet fw4 | grep -q 'tcp dport 1723'
}
