# The firewall of /etc/config/firewall. A zone without `network` is the network of its name. Rules keep their order, ahead
# of input_ZONE and forwarding_ZONE; what a zone does with the rest stands last.
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

tracked="" # the zones whose connections are tracked: masquerading needs it on both sides

defaults() { # section
	config_get default_input "$1" input
	config_get default_output "$1" output
	config_get default_forward "$1" forward
	config_get_bool drop_invalid "$1" drop_invalid 0
	kernel_settings
	note "revert firewall.core" "set firewall.core=firewall_state"
	write_notes
	policies DROP
	clear_tables nat raw filter
	[ "$drop_invalid" != 1 ] || everywhere -m state --state INVALID -j DROP
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
	config_get output "$1" output
	config_get_bool masq "$1" masq 0
	config_get_bool conntrack "$1" conntrack 0
	config_get_bool mtu_fix "$1" mtu_fix 0
	[ "$name" != loopback ] || return 0
	[ "$masq$conntrack" = 00 ] || append tracked "$name"
	new_chains filter "zone_$name" "zone_${name}_MSSFIX" "zone_${name}_ACCEPT" "zone_${name}_DROP" "zone_${name}_REJECT" \
		"zone_${name}_forward"
	new_chains nat "zone_${name}_nat" "zone_${name}_prerouting"
	new_chains raw "zone_${name}_notrack"
	ipt -A output -j "zone_${name}_${output:-${default_output:-DROP}}"
	[ "$masq" != 1 ] || ipt -t nat -A POSTROUTING -j "zone_${name}_nat"
	[ "$mtu_fix" != 1 ] || ipt -I FORWARD 1 -j "zone_${name}_MSSFIX"
	custom_zone_chains "$name"
}

forwarding() { # section
	config_get src "$1" src
	config_get dest "$1" dest
	ipt -I "${src:+zone_${src}_}forward" 1 -j "${dest:+zone_${dest}_}ACCEPT"
	! list_has "$src" "$tracked" || append tracked "$dest"
	! list_has "$dest" "$tracked" || append tracked "$src"
}

redirect() { # section
	for option in src src_ip src_dip src_mac src_port src_dport dest_ip dest_port proto; do
		config_get "$option" "$1" "$option"
	done
	[ -n "$src" ] && [ -n "$dest_ip" ] || {
		echo "redirect needs src and dest_ip"
		return
	}
	src_port=$(port_range "$src_port")
	src_dport=$(port_range "$src_dport")
	new_port=$(port_range "${dest_port:-$src_dport}")
	for protocol in $(protocols "$proto"); do
		ipt -t nat -A "zone_${src}_prerouting" -p "$protocol" ${src_ip:+-s "$src_ip"} ${src_dip:+-d "$src_dip"} \
			${src_port:+--sport "$src_port"} ${src_dport:+--dport "$src_dport"} \
			${src_mac:+-m mac --mac-source "$src_mac"} -j DNAT --to-destination "$dest_ip${dest_port:+:$dest_port}"
		ipt -I "zone_${src}_forward" 1 -p "$protocol" -d "$dest_ip" ${src_ip:+-s "$src_ip"} \
			${src_port:+--sport "$src_port"} ${new_port:+--dport "$new_port"} \
			${src_mac:+-m mac --mac-source "$src_mac"} -j ACCEPT
	done
}

# A rule for two protocols takes one place of the order, and its UDP half stands first.
rule() { # section
	for option in src src_ip src_mac src_port dest dest_ip dest_port proto icmp_type target; do
		config_get "$option" "$1" "$option"
	done
	chain=input
	[ -z "$src" ] || chain=zone_$src${dest:+_forward}
	[ -z "$dest" ] || target=zone_${dest}_${target:-DROP}
	eval "place=\$((\${rules_in_$chain:-0} + 1)) rules_in_$chain=\$place"
	src_port=$(port_range "$src_port")
	dest_port=$(port_range "$dest_port")
	for protocol in $(protocols "$proto"); do
		ipt -I "$chain" "$place" -p "$protocol" ${icmp_type:+--icmp-type "$icmp_type"} ${src_ip:+-s "$src_ip"} \
			${src_port:+--sport "$src_port"} ${src_mac:+-m mac --mac-source "$src_mac"} ${dest_ip:+-d "$dest_ip"} \
			${dest_port:+--dport "$dest_port"} ${target:+-j "$target"}
	done
}

# In this shell: what the file sets, stays set, and its `exit` ends the start.
include_file() { # section
	config_get path "$1" path
	[ ! -e "$path" ] || . "$path"
}

rest() { # section
	config_get name "$1" name
	config_get input "$1" input
	config_get forward "$1" forward
	ipt -A "zone_${name}_forward" -j "zone_${name}_${forward:-${default_forward:-DROP}}"
	ipt -A "zone_$name" -j "zone_${name}_${input:-${default_input:-DROP}}"
	[ "$drop_invalid" = 1 ] || list_has "$name" "$tracked" || ipt -t raw -A "zone_${name}_notrack" -j NOTRACK
}

addif() { # interface device zone
	logger "adding $1 ($2) to firewall zone $3"
	device_rules -I 1 "$2" "$3"
	ipt -A input -i "$2" -j "zone_$3"
	ipt -A forward -i "$2" -j "zone_$3_forward"
	note_device "$1_ifname=$2" "$1_zone=$3"
	ACTION=add ZONE=$3 INTERFACE=$1 DEVICE=$2 /sbin/hotplug-call firewall
}

delif() { # interface device zone
	logger "removing $1 ($2) from firewall zone $3"
	device_rules -D "" "$2" "$3"
	ipt -D input -i "$2" -j "zone_$3"
	ipt -D forward -i "$2" -j "zone_$3_forward"
	note "revert firewall.core.$1_ifname" "revert firewall.core.$1_zone"
	ACTION=remove ZONE=$3 INTERFACE=$1 DEVICE=$2 /sbin/hotplug-call firewall
}

device_rules() { # -I|-D position device zone
	ipt "$1" "zone_$4_MSSFIX" $2 -o "$3" -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
	for direction in -o -i; do
		ipt "$1" "zone_$4_ACCEPT" $2 $direction "$3" -j ACCEPT
		ipt "$1" "zone_$4_DROP" $2 $direction "$3" -j DROP
		ipt "$1" "zone_$4_REJECT" $2 $direction "$3" -j reject
	done
	ipt -t nat "$1" "zone_$4_nat" $2 -o "$3" -j MASQUERADE
	ipt -t nat "$1" PREROUTING $2 -i "$3" -j "zone_$4_prerouting"
	ipt -t raw "$1" PREROUTING $2 -i "$3" -j "zone_$4_notrack"
}

# The zone that an interface belongs to: the last one that names it.
zone_of() { # section interface
	config_get name "$1" name
	config_get networks "$1" network
	! list_has "$2" "${networks:-$name}" || zone_found=$name
}

# As that release does: an interface that goes keeps its rules, and one that comes back gets no new ones while its zone is
# the same, also where it has another device now.
fw_event() { # ifup|ifdown interface
	[ "$1" = ifup ] || return 0
	config_get device "$2" ifname
	config_get old_device core "$2_ifname"
	config_get old_zone core "$2_zone"
	zone_found=
	config_foreach zone_of zone "$2"
	[ -n "$device" ] && [ -n "$zone_found" ] && [ "$old_zone" != "$zone_found" ] || return 0
	[ -z "$old_zone" ] || delif "$2" "$old_device" "$old_zone"
	addif "$2" "$device" "$zone_found"
}

add_up() { # interface
	config_get up "$1" up
	config_set core "$1_ifname" "" # whatever an earlier start left
	config_set core "$1_zone" ""
	[ "$up" != 1 ] || fw_event ifup "$1"
}

fw_init() {
	load_settings
	echo "Loading defaults"
	config_foreach defaults defaults
	echo "Loading zones"
	config_foreach zone zone
	echo "Loading forwarding"
	config_foreach forwarding forwarding
	echo "Loading redirects"
	config_foreach redirect redirect
	echo "Loading rules"
	config_foreach rule rule
	echo "Loading includes"
	config_foreach include_file include
	echo "Loading zone defaults"
	config_foreach rest zone
	note "set firewall.core.loaded=1"
	config_foreach add_up interface
	write_notes
}

fw_stop() {
	clear_tables nat raw filter
	policies ACCEPT
	uci_revert_state firewall
}
