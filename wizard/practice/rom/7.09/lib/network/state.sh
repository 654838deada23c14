# shellcheck shell=sh
# What interfaces have now, in /var/state/network: shell lines, as this release's uci writes them into such a file. It cuts
# a name at its first dot: a PPTP client's address, for which ip-up asks it too, becomes an option 0.113.50.ipaddr of 203.
remember() { # interface option=value ...
	remembered=$1 # `interface` is udhcpc's
	shift
	for pair in "$@"; do
		name=$remembered.${pair%%=*}
		echo "config_set '${name%%.*}' '${name#*.}' '${pair#*=}'"
	done >>/var/state/network
}

forget() { # interface
	[ -f /var/state/network ] || return 0
	grep -v "^config_set '$1' " /var/state/network >"/var/state/network.$$"
	mv "/var/state/network.$$" /var/state/network
}

# Such a name can be no variable's, and `export` ends the shell for it, whatever that was about to do.
load_state() {
	[ -f /var/state/network ] || return 0
	name=$(sed -n "s/^config_set '\([^']*\)' '\([^']*[^0-9A-Za-z_'][^']*\)' .*/CONFIG_\1_\2/p" /var/state/network | head -n 1)
	[ -z "$name" ] || {
		echo "export: $name: bad variable name" >&2
		exit 2
	}
	# shellcheck source=/dev/null
	. /var/state/network
}
