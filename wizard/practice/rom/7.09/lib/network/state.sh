# shellcheck shell=sh
# What interfaces have now, in /var/state/network: shell lines, as this release's uci writes them into such a file.
remember() { # interface option=value ...
	interface=$1
	shift
	for pair in "$@"; do
		echo "config_set '$interface' '${pair%%=*}' '${pair#*=}'"
	done >>/var/state/network
}

forget() { # interface
	[ -f /var/state/network ] || return 0
	grep -v "^config_set '$1' " /var/state/network >"/var/state/network.$$"
	mv "/var/state/network.$$" /var/state/network
}

load_state() {
	# shellcheck source=/dev/null
	[ ! -f /var/state/network ] || . /var/state/network
}
