# What netifd knows, for shell scripts: each function puts its answer into the variable named first. The names are those
# of OpenWrt's own file. The dump is asked for once and kept in $__NETWORK_CACHE until network_flush_cache.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC3043 # set for the caller; `local` is in every ash

__network_ask() { # VARIABLE PATH…: all that the paths meet, with blanks between; 1 where they meet nothing
	local __variable="$1" __found __all='' __path
	shift
	[ -n "$__NETWORK_CACHE" ] || {
		__NETWORK_CACHE=$(ubus call network.interface dump 2>/dev/null)
		export __NETWORK_CACHE
	}
	for __path in "$@"; do
		__found=$(jsonfilter -s "${__NETWORK_CACHE:-{\}}" -e "@.interface$__path" 2>/dev/null) || continue
		__all="$__all${__all:+ }$(printf %s "$__found" | tr '\n' ' ')"
	done
	[ -n "$__all" ] || {
		unset "$__variable"
		return 1
	}
	export "$__variable=$__all"
}

__network_pairs() { # VARIABLE PATH: addresses with the lengths of their prefixes, as a/b
	local __addresses __masks __pairs=''
	if ! __network_ask __addresses "$2.address" || ! __network_ask __masks "$2.mask"; then
		unset "$1"
		return 1
	fi
	for __mask in $__masks; do
		__pairs="$__pairs${__pairs:+ }${__addresses%% *}/$__mask"
		__addresses=${__addresses#* }
	done
	export "$1=$__pairs"
}

__network_of() { echo "[@.interface=\"$1\"]"; }

network_flush_cache() { unset __NETWORK_CACHE; }

network_get_ipaddr() { __network_ask "$1" "$(__network_of "$2")[\"ipv4-address\"][0].address"; }
network_get_ipaddrs() { __network_ask "$1" "$(__network_of "$2")[\"ipv4-address\"][*].address"; }
network_get_ipaddr6() {
	__network_ask "$1" "$(__network_of "$2")[\"ipv6-address\"][0].address" ||
		__network_ask "$1" "$(__network_of "$2")[\"ipv6-prefix-assignment\"][0][\"local-address\"].address"
}
network_get_ipaddrs6() {
	__network_ask "$1" "$(__network_of "$2")[\"ipv6-address\"][*].address" \
		"$(__network_of "$2")[\"ipv6-prefix-assignment\"][*][\"local-address\"].address"
}
network_get_ipaddrs_all() {
	local __four __six
	network_get_ipaddrs __four "$2"
	network_get_ipaddrs6 __six "$2"
	export "$1=$__four${__four:+${__six:+ }}$__six"
	[ -n "$__four$__six" ]
}
network_get_subnet() { __network_pairs "$1" "$(__network_of "$2")[\"ipv4-address\"][0]"; }
network_get_subnets() { __network_pairs "$1" "$(__network_of "$2")[\"ipv4-address\"][*]"; }
network_get_gateway() { __network_ask "$1" "$(__network_of "$2").route[@.target=\"0.0.0.0\"].nexthop"; }
network_get_dnsserver() { __network_ask "$1" "$(__network_of "$2")[\"dns-server\"][*]"; }
network_get_dnssearch() { __network_ask "$1" "$(__network_of "$2")[\"dns-search\"][*]"; }
network_get_device() { __network_ask "$1" "$(__network_of "$2").l3_device"; }
network_get_physdev() { __network_ask "$1" "$(__network_of "$2").device"; }
network_get_protocol() { __network_ask "$1" "$(__network_of "$2").proto"; }
network_get_uptime() { __network_ask "$1" "$(__network_of "$2").uptime"; }
network_get_metric() { __network_ask "$1" "$(__network_of "$2").metric"; }

network_is_up() {
	local __up
	__network_ask __up "$(__network_of "$1").up" && [ "$__up" = true ]
}

network_find_wan() { # the first interface that is up and has a default route
	__network_ask "$1" '[@.route[0].target="0.0.0.0"].interface' || return 1
	eval "export \"$1=\${$1%% *}\""
}
