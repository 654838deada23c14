# shellcheck shell=sh
# What interfaces have now: uci keeps it in /var/state, and config_load reads it with the settings.
remember() { # interface option=value ...
	remembered=$1 # `interface` is udhcpc's
	shift
	for pair in "$@"; do
		echo "set network.$remembered.${pair%%=*}='${pair#*=}'"
	done | uci -P /var/state batch
}

forget() { # interface
	[ ! -f /var/state/network ] || uci -P /var/state revert "network.$1"
}

load_state() { :; }
