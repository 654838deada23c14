# shellcheck shell=sh disable=SC2046,SC2086,SC2154 # several words; set by config_get
# Rules and redirects. They keep their order, ahead of input_ZONE, forwarding_ZONE and prerouting_ZONE.

# A match and its value, `!` for the opposite; nothing without a value.
matched() { # option value
	case "$2" in
	"") ;;
	!*) echo "! $1 ${2#!}" ;;
	*) echo "$1 $2" ;;
	esac
}

# Puts a rule behind those that came before it in this chain.
in_order() { # table chain words
	counter=order_$1_$2
	eval "place=\$((\${$counter:-0} + 1))"
	words="-t $1 -I $2 $place"
	shift 2
	ipt $words "$@" && eval "$counter=\$place"
}

get_options() { # section option ...
	section=$1
	shift
	for option in "$@"; do
		config_get "$option" "$section" "$option"
	done
	config_get_bool enabled "$section" enabled 1
	case "$family" in
	*6) return 1 ;;
	esac
	[ "$enabled" = 1 ]
}

load_rule() { # section
	get_options "$1" name src src_ip src_mac src_port dest dest_ip dest_port icmp_type proto target family limit \
		limit_burst extra || return 0
	table=filter
	chain=input
	target=${target:-REJECT}
	case "$src" in
	"*") [ -z "$dest" ] || chain=forward ;;
	?*) chain=zone_$src${dest:+_forward} ;;
	esac
	case "$dest/$target" in
	/*) ;;
	"*/REJECT") target=reject ;;
	"*/"*) ;;
	*) target=zone_${dest}_$target ;;
	esac
	[ "$target" != NOTRACK ] || {
		table=raw
		chain=zone_${src}_notrack
	}
	for protocol in $(protocols "$proto"); do
		rules_for "$protocol"
	done
}

# One rule for each of the ports, ICMP types and senders that are named. Ports of ICMP, and types of others, mean nothing.
rules_for() { # protocol
	case "$1" in
	icmp | 1) from='' to='' types=$icmp_type ;;
	*) from=$src_port to=$dest_port types='' ;;
	esac
	for source_port in ${from:-any}; do
		for port in ${to:-any}; do
			for sender in ${src_mac:-any}; do
				for type in ${types:-any}; do
					in_order "$table" "$chain" $(matched -s "$src_ip") $(matched -d "$dest_ip") $(matched -p "$1") \
						$(ports --sport "$source_port") $(ports --dport "$port") $(matched --icmp-type "${type#any}") \
						$(from_sender "${sender#any}") ${limit:+-m limit --limit "$limit"} \
						${limit_burst:+--limit-burst "$limit_burst"} $extra -j "$target"
				done
			done
		done
	done
}

ports() { # --sport|--dport ports
	matched "$1" "$(port_range "${2#any}")"
}

from_sender() { # address
	[ -z "$1" ] || echo "-m mac $(matched --mac-source "$1")"
}

load_redirect() { # section
	get_options "$1" name src src_ip src_dip src_mac src_port src_dport dest dest_ip dest_port proto target family extra ||
		return 0
	case "${target:-DNAT}" in
	DNAT) load_dnat ;;
	SNAT) load_snat ;;
	*) fw_log error "redirect $name: target must be either DNAT or SNAT, skipping" ;;
	esac
}

load_dnat() {
	[ -n "$src" ] && [ -n "$dest_ip$dest_port" ] || {
		fw_log error "DNAT redirect $name: needs src and dest_ip or dest_port, skipping"
		return
	}
	append tracked "$src"
	chain=zone_${src}_forward
	local_match=
	if [ -z "$dest_ip" ] || ifconfig | grep -q "addr:$dest_ip "; then
		chain=zone_$src
		local_match="-m conntrack --ctstate DNAT"
	fi
	for protocol in $(protocols "$proto"); do
		for sender in ${src_mac:-any}; do
			common="$(matched -s "$src_ip") $(matched -p "$protocol") $(ports --sport "$src_port")"
			common="$common $(from_sender "${sender#any}")"
			in_order nat "zone_${src}_prerouting" $common $(matched -d "$src_dip") $(ports --dport "$src_dport") \
				-j DNAT --to-destination "$dest_ip${dest_port:+:$dest_port}"
			in_order filter "$chain" $common $(matched -d "$dest_ip") $(ports --dport "${dest_port:-$src_dport}") \
				$local_match $extra -j ACCEPT
		done
	done
}

load_snat() {
	[ -n "$dest" ] && [ -n "$src_dip" ] || {
		fw_log error "SNAT redirect $name: needs dest and src_dip, skipping"
		return
	}
	append tracked "$dest"
	for protocol in $(protocols "$proto"); do
		common="$(matched -s "$src_ip") $(matched -d "$dest_ip") $(matched -p "$protocol") $(ports --sport "$src_port")"
		common="$common $(ports --dport "$dest_port")"
		in_order nat "zone_${dest}_nat" $common -j SNAT --to-source "$src_dip${src_dport:+:$src_dport}"
		in_order filter "${src:+zone_${src}_}forward" $common $extra -j ACCEPT
	done
}
