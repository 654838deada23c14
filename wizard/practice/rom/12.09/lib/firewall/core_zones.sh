# shellcheck shell=sh disable=SC2046,SC2086,SC2154 # several words; set by config_get
# Defaults, zones, forwardings and includes.

load_defaults() { # section
	[ -z "$default_input" ] || {
		fw_log error "duplicate defaults section detected, skipping"
		return
	}
	config_get default_input "$1" input REJECT
	config_get default_output "$1" output REJECT
	config_get default_forward "$1" forward REJECT
	config_get_bool drop_invalid "$1" drop_invalid 0
	config_get_bool with_custom_chains "$1" custom_chains 1
	kernel_settings
	everywhere -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	[ "$drop_invalid" != 1 ] || everywhere -m conntrack --ctstate INVALID -j DROP
	ipt -A INPUT -i lo -j ACCEPT
	ipt -A OUTPUT -o lo -j ACCEPT
	flood_protection "$1"
	[ "$with_custom_chains" != 1 ] || custom_chains
	common_chains
	set_policy INPUT "$default_input"
	set_policy OUTPUT "$default_output"
	set_policy FORWARD "$default_forward"
}

flood_protection() { # section
	config_get_bool old_word "$1" syn_flood 0
	config_get_bool protect "$1" synflood_protect "$old_word"
	config_get rate "$1" synflood_rate 25
	config_get burst "$1" synflood_burst 50
	[ "$protect$old_word" = 00 ] || syn_flood "${rate%/second}" "$burst"
}

load_zone() { # section
	config_get name "$1" name "$1"
	! list_has "$name" "$zones" || {
		fw_log error "zone $name: duplicated zone, skipping"
		return
	}
	append zones "$name"
	config_get input "$1" input "$default_input"
	config_get output "$1" output "$default_output"
	config_get forward "$1" forward "$default_forward"
	new_chains filter "zone_${name}_ACCEPT" "zone_${name}_DROP" "zone_${name}_REJECT" "zone_$name" "zone_${name}_forward"
	new_chains nat "zone_${name}_nat" "zone_${name}_prerouting"
	new_chains raw "zone_${name}_notrack"
	ipt -A "zone_$name" -j "zone_${name}_$input"
	ipt -A "zone_${name}_forward" -j "zone_${name}_$forward"
	ipt -A output -j "zone_${name}_$output"
	config_get_bool mtu_fix "$1" mtu_fix 0
	[ "$mtu_fix" != 1 ] || {
		ipt -t mangle -N "zone_${name}_MSSFIX"
		ipt -t mangle -I FORWARD 1 -j "zone_${name}_MSSFIX"
	}
	config_get_bool custom "$1" custom_chains "$with_custom_chains"
	[ "$custom" != 1 ] || custom_zone_chains "$name"
	log_refused "$1"
	masquerade "$1"
}

log_refused() { # section
	config_get_bool log "$1" log 0
	config_get limit "$1" log_limit 10
	[ "$log" = 1 ] || return 0
	for verdict in REJECT DROP; do
		ipt -I "zone_${name}_$verdict" 1 -m limit --limit "${limit%/minute}/minute" -j LOG --log-prefix "$verdict($name): "
	done
}

masquerade() { # section
	config_get_bool masq "$1" masq 0
	config_get_bool conntrack "$1" conntrack 0
	config_get sources "$1" masq_src
	config_get targets "$1" masq_dest
	[ "$masq$conntrack" = 00 ] || append tracked "$name"
	[ "$masq" = 1 ] || return 0
	for source in ${sources:-0.0.0.0/0}; do
		for target in ${targets:-0.0.0.0/0}; do
			ipt -t nat -A "zone_${name}_nat" $(matched -s "$source") $(matched -d "$target") -j MASQUERADE
		done
	done
}

load_forwarding() { # section
	config_get src "$1" src
	config_get dest "$1" dest
	ipt -I "${src:+zone_${src}_}forward" 1 -j "${dest:+zone_${dest}_}ACCEPT"
	! list_has "$src" "$tracked" || append tracked "$dest"
	! list_has "$dest" "$tracked" || append tracked "$src"
}

# In a shell of its own: what the file sets is gone after it, and its `exit` ends nothing else.
load_include() { # section
	config_get path "$1" path
	[ ! -e "$path" ] || (
		# shellcheck disable=SC2317,SC2329 # the file may call it
		config() {
			fw_log error "You cannot use UCI in firewall includes!" >&2
			exit 1
		}
		# shellcheck source=/dev/null
		. "$path"
	)
}

load_notrack() { # section
	config_get name "$1" name "$1"
	list_has "$name" "$tracked" || ipt -t raw -A "zone_${name}_notrack" -j NOTRACK
}
