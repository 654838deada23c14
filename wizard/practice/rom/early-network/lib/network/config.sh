# shellcheck shell=sh disable=SC2034,SC2154 # config_get sets variables; `interfaces` is for who asked
# How interfaces of /etc/config/network come up. Sourced, with every other file of this folder, by `include`.

# interfaces: all names. A bridge's own device becomes its `ifname`, and what is in it its `device`.
scan_interfaces() {
	interfaces=
	config_load network
	config_foreach scan_interface interface
}

scan_interface() {
	append interfaces "$1"
	config_get type "$1" type
	config_get ifname "$1" ifname
	config_get device "$1" device
	config_set "$1" device "${device:-$ifname}"
	[ "$type" != bridge ] || config_set "$1" ifname "br-$1"
	config_get proto "$1" proto
	case "$proto" in
	ppp*) type scan_ppp >/dev/null 2>&1 && scan_ppp "$1" ;;
	esac
}

# A member of an interface is there and in no bridge but its own.
prepare_interface() { # device interface
	case "$1" in
	*.*) ifconfig "$1" >/dev/null 2>&1 || { ifconfig "${1%.*}" up && vconfig add "${1%.*}" "${1##*.}" >/dev/null; } ;;
	esac
	config_get type "$2" type
	[ "$type" = bridge ] || return 0
	ifconfig "br-$2" >/dev/null 2>&1 || {
		brctl addbr "br-$2"
		brctl setfd "br-$2" 0
	}
	ifconfig "$1" 0.0.0.0 up
	brctl addif "br-$2" "$1" 2>/dev/null
}

setup_interface() { # interface
	config_get proto "$1" proto
	config_get device "$1" ifname
	case "$proto" in
	ppp*) config_get device "$1" device ;;
	esac
	config_get mac "$1" macaddr
	config_get mtu "$1" mtu
	[ -z "$mac" ] || ifconfig "$device" down hw ether "$mac"
	ifconfig "$device" up ${mtu:+mtu "$mtu"}
	type "setup_$proto" >/dev/null 2>&1 || {
		echo "Interface type $proto not supported."
		return 1
	}
	"setup_$proto" "$device" "$1"
}

setup_none() { # device interface
	interface_event ifup "$2" "$1" none
}

setup_static() { # device interface
	config_get address "$2" ipaddr
	config_get netmask "$2" netmask
	[ -n "$address" ] && [ -n "$netmask" ] || return 1
	ifconfig "$1" "$address" netmask "$netmask" broadcast +
	config_get gateway "$2" gateway
	[ -z "$gateway" ] || route add default gw "$gateway" dev "$1"
	config_get dns "$2" dns
	for server in $dns; do
		grep -q "^nameserver $server\$" /tmp/resolv.conf.auto 2>/dev/null || echo "nameserver $server" >>/tmp/resolv.conf.auto
	done
	interface_event ifup "$2" "$1" static
}

setup_dhcp() { # device interface
	config_get hostname "$2" hostname
	remember "$2" "ifname=$1"
	udhcpc -t 0 -i "$1" -b -p "/var/run/$1.pid" -R -s /usr/share/udhcpc/default.script \
		${hostname:+-x "hostname:$hostname"} </dev/null >/dev/null 2>&1 &
}

interface_event() { # ifup|ifdown|update interface device proto
	env -i "ACTION=$1" "INTERFACE=$2" "DEVICE=$3" "PROTO=$4" /sbin/hotplug-call iface
}

end_process() { # file with its number
	[ -f "$1" ] || return 0
	read -r process <"$1"
	kill "$process" 2>/dev/null
	for _ in 1 2 3; do
		[ -d "/proc/$process" ] || break
		sleep 1
	done
	kill -9 "$process" 2>/dev/null
	rm -f "$1"
}
