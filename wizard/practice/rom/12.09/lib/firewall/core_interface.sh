# shellcheck shell=sh disable=SC2086,SC2154 # several words; set by config_get
# The devices of interfaces that are up, in their zones.

device_rules() { # -A|-D device zone
	for direction in -o -i; do
		ipt "$1" "zone_$3_ACCEPT" $direction "$2" -j ACCEPT
		ipt "$1" "zone_$3_DROP" $direction "$2" -j DROP
		ipt "$1" "zone_$3_REJECT" $direction "$2" -j reject
	done
	! ipt -t mangle -n -L "zone_$3_MSSFIX" >/dev/null 2>&1 ||
		ipt -t mangle "$1" "zone_$3_MSSFIX" -o "$2" -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
	ipt "$1" input -i "$2" -j "zone_$3"
	ipt "$1" forward -i "$2" -j "zone_$3_forward"
	ipt -t nat "$1" PREROUTING -i "$2" -j "zone_$3_prerouting"
	ipt -t raw "$1" PREROUTING -i "$2" -j "zone_$3_notrack"
	ipt -t nat "$1" POSTROUTING -o "$2" -j "zone_$3_nat"
}

zones_of() { # section interface
	config_get name "$1" name "$1"
	config_get networks "$1" network "$name"
	! list_has "$2" "$networks" || append zones_found "$name"
}

remove_interface() { # interface
	config_get old_zones core "$1_zone"
	config_get old_device core "$1_ifname"
	for zone in $old_zones; do
		fw_log info "removing $1 ($old_device) from zone $zone"
		device_rules -D "$old_device" "$zone"
		env -i ACTION=remove "ZONE=$zone" "INTERFACE=$1" "DEVICE=$old_device" /sbin/hotplug-call firewall
	done
	[ -z "$old_zones$old_device" ] || note "revert firewall.core.$1_zone" "revert firewall.core.$1_ifname"
	config_set core "$1_zone" ""
}

fw_configure_interface() { # interface add|del device
	[ -n "$3" ] && [ "$3" != lo ] || return 0
	remove_interface "$1"
	[ "$2" = add ] || return 0
	zones_found=
	config_foreach zones_of zone "$1"
	for zone in $zones_found; do
		fw_log info "adding $1 ($3) to zone $zone"
		device_rules -A "$3" "$zone"
		env -i ACTION=add "ZONE=$zone" "INTERFACE=$1" "DEVICE=$3" /sbin/hotplug-call firewall
	done
	note "set firewall.core.$1_zone='$zones_found'" "set firewall.core.$1_ifname='$3'"
}

add_up() { # interface
	config_get up "$1" up 0
	config_get device "$1" ifname
	config_set core "$1_zone" "" # whatever an earlier start left
	config_set core "$1_ifname" ""
	[ "$up" != 1 ] || fw_configure_interface "$1" add "$device"
}
