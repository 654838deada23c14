# The firewall of /etc/config/firewall. A zone without `network` is the network of its name; it has one device at a time.
# Rules are put in front of those before them, ahead of input_ZONE, so that the last of the file comes first.
# shellcheck shell=sh disable=SC2034,SC2086,SC2154 # read by config_load; a position may be none; set by config_get
# shellcheck source=/dev/null
. "$IPKG_INSTROOT/etc/functions.sh"
. "$IPKG_INSTROOT/lib/firewall/chains.sh"

load_settings() {
	include "$IPKG_INSTROOT/lib/network"
	scan_interfaces
	CONFIG_APPEND=1
	config_load firewall
}


defaults() { # section
	config_get default_input "$1" input
	config_get default_output "$1" output
	config_get default_forward "$1" forward
	kernel_settings
	note "revert firewall.core" "set firewall.core=firewall_state"
	write_notes
	policies DROP
	clear_tables mangle nat filter
	everywhere -m state --state INVALID -j DROP
	everywhere -m state --state RELATED,ESTABLISHED -j ACCEPT
	ipt -A INPUT -i lo -j ACCEPT
	ipt -A OUTPUT -o lo -j ACCEPT
	config_get flood "$1" syn_flood
	config_get rate "$1" syn_rate
	config_get burst "$1" syn_burst
	[ "$flood" != 1 ] || syn_flood "$rate" "$burst"
	custom_chains
	common_chains
	set_policy INPUT "${default_input:-DROP}"
	set_policy OUTPUT "${default_output:-DROP}"
	set_policy FORWARD "${default_forward:-DROP}"
}

zone() { # section
	config_get name "$1" name
	config_get input "$1" input
	config_get output "$1" output
	config_get forward "$1" forward
	config_get masq "$1" masq
	[ "$name" != loopback ] || return 0
	config_set core "$name" "" # no device yet, whatever an earlier start left
	new_chains filter "zone_$name" "zone_${name}_MSSFIX" "zone_${name}_ACCEPT" "zone_${name}_DROP" "zone_${name}_REJECT" \
		"zone_${name}_forward"
	new_chains nat "zone_${name}_nat" "zone_${name}_prerouting"
	ipt -A "zone_${name}_forward" -j "zone_${name}_${forward:-${default_forward:-DROP}}"
	ipt -A "zone_$name" -j "zone_${name}_${input:-${default_input:-DROP}}"
	ipt -A output -j "zone_${name}_${output:-${default_output:-DROP}}"
	[ "$masq" != 1 ] || ipt -t nat -A POSTROUTING -j "zone_${name}_nat"
	custom_zone_chains "$name"
}

rule() { # section
	for option in src src_ip src_mac src_port dest dest_ip dest_port proto target; do
		config_get "$option" "$1" "$option"
	done
	chain=${src:+zone_$src}
	[ -z "$dest" ] || target=zone_${dest}_${target:-DROP}
	src_port=$(port_range "$src_port")
	dest_port=$(port_range "$dest_port")
	for protocol in $(protocols "$proto"); do
		ipt -I "${chain:-input}${chain:+${dest:+_forward}}" 1 -p "$protocol" ${src_ip:+-s "$src_ip"} \
			${src_port:+--sport "$src_port"} ${src_mac:+-m mac --mac-source "$src_mac"} ${dest_ip:+-d "$dest_ip"} \
			${dest_port:+--dport "$dest_port"} ${target:+-j "$target"}
	done
}

forwarding() { # section
	config_get src "$1" src
	config_get dest "$1" dest
	config_get_bool mtu_fix "$1" mtu_fix 0
	chain=${src:+zone_${src}_}forward
	ipt -I "$chain" 1 -j "${dest:+zone_${dest}_}ACCEPT"
	[ "$mtu_fix" != 1 ] || [ -z "$dest" ] || ipt -I "$chain" 1 -j "zone_${dest}_MSSFIX"
}

redirect() { # section
	for option in src src_ip src_mac src_port src_dport dest_ip dest_port proto; do
		config_get "$option" "$1" "$option"
	done
	[ -n "$src" ] && [ -n "$dest_ip" ] || {
		echo "redirect needs src and dest_ip"
		return
	}
	src_port=$(port_range "$src_port")
	src_dport=$(port_range "$src_dport")
	new_port=$(port_range "$dest_port")
	for protocol in $(protocols "$proto"); do
		ipt -t nat -A "zone_${src}_prerouting" -p "$protocol" ${src_ip:+-s "$src_ip"} ${src_port:+--sport "$src_port"} \
			${src_dport:+--dport "$src_dport"} ${src_mac:+-m mac --mac-source "$src_mac"} \
			-j DNAT --to-destination "$dest_ip${dest_port:+:$dest_port}"
		ipt -I "zone_${src}_forward" 1 -p "$protocol" -d "$dest_ip" ${src_ip:+-s "$src_ip"} \
			${src_port:+--sport "$src_port"} ${new_port:+--dport "$new_port"} \
			${src_mac:+-m mac --mac-source "$src_mac"} -j ACCEPT
	done
}

# In this shell: what the file sets, stays set, and its `exit` ends the start.
include_file() { # section
	config_get path "$1" path
	[ ! -e "$path" ] || . "$path"
}

addif() { # device zone
	config_get present core "$2"
	[ "$present" != "$1" ] || return 0
	[ -z "$present" ] || delif "$present" "$2"
	logger "adding $1 to firewall zone $2"
	device_rules -I 1 "$1" "$2"
	ipt -A input -i "$1" -j "zone_$2"
	ipt -A forward -i "$1" -j "zone_$2_forward"
	config_set core "$2" "$1"
	note_device "$2=$1"
}

delif() { # device zone
	logger "removing $1 from firewall zone $2"
	device_rules -D "" "$1" "$2"
	ipt -D input -i "$1" -j "zone_$2"
	ipt -D forward -i "$1" -j "zone_$2_forward"
	note "revert firewall.core.$2"
}

# Every zone's traffic is masqueraded by its own nat chain, which only zones with `masq` are sent through.
device_rules() { # -I|-D position device zone
	ipt "$1" "zone_$4_MSSFIX" $2 -o "$3" -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
	for direction in -o -i; do
		ipt "$1" "zone_$4_ACCEPT" $2 $direction "$3" -j ACCEPT
		ipt "$1" "zone_$4_DROP" $2 $direction "$3" -j DROP
		ipt "$1" "zone_$4_REJECT" $2 $direction "$3" -j reject
	done
	ipt -t nat "$1" "zone_$4_nat" $2 -o "$3" -j MASQUERADE
	ipt -t nat "$1" PREROUTING $2 -i "$3" -j "zone_$4_prerouting"
}

# The zones that an interface is in.
zones_of() { # section interface
	config_get name "$1" name
	config_get networks "$1" network
	list_has "$2" "${networks:-$name}" || return 0
	config_get device "$2" ifname
	[ -z "$device" ] || [ "$device" = lo ] || "$3" "$device" "$name"
}

fw_event() { # ifup|ifdown interface
	case "$1" in
	ifup) config_foreach zones_of zone "$2" addif ;;
	ifdown) config_foreach zones_of zone "$2" leave ;;
	esac
}

leave() { # device zone
	config_get present core "$2"
	[ "$present" != "$1" ] || delif "$1" "$2"
}

add_up() { # interface
	config_get up "$1" up
	[ "$up" != 1 ] || config_foreach zones_of zone "$1" addif
}

fw_init() {
	load_settings
	echo "Loading defaults"
	config_foreach defaults defaults
	echo "Loading zones"
	config_foreach zone zone
	echo "Loading rules"
	config_foreach rule rule
	echo "Loading forwarding"
	config_foreach forwarding forwarding
	echo "Loading redirects"
	config_foreach redirect redirect
	echo "Loading includes"
	config_foreach include_file include
	note "set firewall.core.loaded=1"
	config_foreach add_up interface
	write_notes
}

fw_stop() {
	clear_tables mangle nat filter
	policies ACCEPT
	uci_revert_state firewall core
}
