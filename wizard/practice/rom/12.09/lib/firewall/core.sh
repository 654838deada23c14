# shellcheck shell=sh disable=SC2034,SC2154 # read by config_load; set by config_get
# shellcheck source=/dev/null
# The firewall of /etc/config/firewall, as `fw` and the init script run it. IPv4 only: this box has no ip6tables.
FW_LIBDIR=$IPKG_INSTROOT/lib/firewall

fw_init() {
	for part in "$FW_LIBDIR"/chains.sh "$FW_LIBDIR"/core_*.sh; do
		. "$part"
	done
	config_load network
	CONFIG_APPEND=1
	config_load firewall
	unset CONFIG_APPEND
}

fw_is_loaded() {
	grep -q '^firewall\.core\.loaded=' /var/state/firewall 2>/dev/null
}

fw_log() { # level words
	level=$1
	shift
	[ "$level" != error ] || echo "Error: $*" >&2
	logger -t firewall -p "user.$level" "$@"
}

fw_start() {
	fw_is_loaded && {
		echo "firewall already loaded" >&2
		exit 1
	}
	fw_init
	note "set firewall.core=firewall_state"
	policies DROP
	clear_tables filter nat raw
	echo "Loading defaults"
	config_foreach load_defaults defaults
	echo "Loading zones"
	config_foreach load_zone zone
	echo "Loading forwardings"
	config_foreach load_forwarding forwarding
	echo "Loading rules"
	config_foreach load_rule rule
	echo "Loading redirects"
	config_foreach load_redirect redirect
	echo "Loading includes"
	config_foreach load_include include
	[ "$drop_invalid" = 1 ] || {
		echo "Optimizing conntrack"
		config_foreach load_notrack zone
	}
	echo "Loading interfaces"
	config_foreach add_up interface
	note "set firewall.core.zones='$zones'" "set firewall.core.loaded=1"
	write_notes
}

fw_stop() {
	. "$FW_LIBDIR/chains.sh"
	for chain in $(ipt -t mangle -S | sed -n 's/^-N \(zone_.*_MSSFIX\)$/\1/p'); do
		ipt -t mangle -D FORWARD -j "$chain"
		ipt -t mangle -F "$chain"
		ipt -t mangle -X "$chain"
	done
	policies ACCEPT
	clear_tables filter nat raw
	uci_revert_state firewall
}

fw_restart() {
	(fw_stop)
	(fw_start)
}

fw_reload() {
	fw_restart
}
