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

# _firewall_reload: in one go or not at all (nft -f), so nobody is without a filter meanwhile. Its exit code says nothing
# about skipped sections (openwrt.md R5).
_firewall_reload() {
	service_run "${IPKG_INSTROOT}/etc/init.d/firewall" reload
	nft list chain inet fw4 input >/dev/null
}

# firewall_rebuild: built anew. The table is flushed for that, which takes rules and leaves the chains of a zone that is
# no more: those that are empty and that fw4 would not make go too.
firewall_rebuild() {
	_firewall_reload || return 1
	wanted=$(fw4 print 2>/dev/null)
	[ -n "$wanted" ] || return 0
	nft list table inet fw4 | awk '
		$1 == "chain" { name = $2; empty = 1; next }
		$1 == "}" { if (name != "" && empty) print name; name = ""; next }
		{ empty = 0 }
	' | grep -E '^(input|output|forward|helper|dstnat|srcnat|(accept|reject|drop)_(to|from))_' | while read -r name; do
		case "$wanted" in
		*"chain $name {"*) ;;
		*) nft delete chain inet fw4 "$name" ;;
		esac
	done
	return 0
}

# firewall_reload: built anew, and our rules are among those that run.
firewall_reload() {
	_firewall_reload
	nft list table inet fw4 | grep -q 'tcp dport 1723'
}
