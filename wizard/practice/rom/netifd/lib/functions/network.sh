# What netifd knows, for shell scripts: each function puts its answer into the variable named first, and returns 1 where
# there is none. The names are those of OpenWrt's own file, which asks ubus for netifd's dump; here the daemon keeps the
# same facts in a file, a line for each, and that is read once until network_flush_cache.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC3043 # set for the caller; `local` is in every ash

__network_all() { # VARIABLE INTERFACE KEY…: all values of the keys, with blanks between
	local __variable="$1" __wanted="$2" __found='' __name __key __value
	shift 2
	[ -n "$__NETWORK_CACHE" ] || {
		__NETWORK_CACHE=$(cat "$IPKG_INSTROOT/var/run/practice-networks" 2>/dev/null)
		export __NETWORK_CACHE
	}
	while read -r __name __key __value; do
		[ "$__name" = "$__wanted" ] || continue
		case " $* " in *" $__key "*) __found="$__found${__found:+ }$__value" ;; esac
	done <<-EOF_CACHE
		$__NETWORK_CACHE
	EOF_CACHE
	[ -n "$__found" ] || {
		unset "$__variable"
		return 1
	}
	export "$__variable=$__found"
}

__network_one() { # the same, only the first value
	local __values
	__network_all __values "$2" "$3" || {
		unset "$1"
		return 1
	}
	export "$1=${__values%% *}"
}

network_flush_cache() { unset __NETWORK_CACHE; }

network_get_ipaddr() { __network_one "$1" "$2" ipv4-address; }
network_get_ipaddrs() { __network_all "$1" "$2" ipv4-address; }
network_get_ipaddr6() { __network_one "$1" "$2" ipv6-address || __network_one "$1" "$2" ipv6-own; }
network_get_ipaddrs6() { __network_all "$1" "$2" ipv6-address ipv6-own; }
network_get_ipaddrs_all() { __network_all "$1" "$2" ipv4-address ipv6-address ipv6-own; }
network_get_subnet() { __network_one "$1" "$2" ipv4-address-subnet; }
network_get_subnets() { __network_all "$1" "$2" ipv4-address-subnet; }
network_get_subnet6() { __network_one "$1" "$2" ipv6-address-subnet || __network_one "$1" "$2" ipv6-own-subnet; }
network_get_subnets6() { __network_all "$1" "$2" ipv6-address-subnet ipv6-own-subnet; }
network_get_gateway() { __network_one "$1" "$2" gateway; }
network_get_dnsserver() { __network_all "$1" "$2" dns-server; }
network_get_dnssearch() { __network_all "$1" "$2" dns-search; }
network_get_device() { __network_one "$1" "$2" l3_device; }
network_get_physdev() { __network_one "$1" "$2" device; }
network_get_protocol() { __network_one "$1" "$2" proto; }
network_get_metric() { __network_one "$1" "$2" metric; }

network_is_up() {
	local __up
	__network_one __up "$1" up && [ "$__up" = true ]
}

network_find_wan() { # the first interface that has a default route
	local __name __key __value
	__network_all __value '' '' # reads the file
	while read -r __name __key __value; do
		[ "$__key" != gateway ] || {
			export "$1=$__name"
			return 0
		}
	done <<-EOF_CACHE
		$__NETWORK_CACHE
	EOF_CACHE
	unset "$1"
	return 1
}
