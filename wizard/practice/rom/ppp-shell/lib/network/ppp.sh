# shellcheck shell=sh disable=SC2154 # config_get sets variables
# PPP interfaces: each has its unit, so that the device of the first is ppp0.
scan_ppp() { # interface
	ppp_units=${ppp_units:-0}
	config_get unit "$1" unit
	config_get device "$1" ifname
	case "$unit$device" in
	ppp[0-9]*) unit=${device#ppp} ;;
	esac
	unit=${unit:-$ppp_units}
	[ "$unit" -lt "$ppp_units" ] || ppp_units=$((unit + 1))
	config_set "$1" unit "$unit"
	config_set "$1" ifname "ppp$unit"
}

setup_pppoe() { # device interface
	for module in slhc ppp_generic pppox pppoe; do
		insmod "$module" 2>/dev/null
	done
	[ -e /dev/ppp ] || mknod /dev/ppp c 108 0
	config_get mtu "$2" mtu
	config_get unit "$2" unit
	remember "$2" "ifname=ppp$unit" "device=$1"
	start_pppd "$2" "$unit" plugin rp-pppoe.so mtu "${mtu:-1492}" mru "${mtu:-1492}" "nic-$1"
}

# pppd goes into the background by itself and keeps calling.
start_pppd() { # interface unit words of the carrier
	interface=$1 unit=$2
	shift 2
	config_get username "$interface" username
	config_get password "$interface" password
	config_get keepalive "$interface" keepalive
	config_get options "$interface" pppd_options
	config_get_bool defaultroute "$interface" defaultroute 1
	config_get_bool peerdns "$interface" peerdns 1
	[ "$defaultroute" = 1 ] && defaultroute="defaultroute replacedefaultroute" || defaultroute=
	[ "$peerdns" = 1 ] && peerdns=usepeerdns || peerdns=
	# shellcheck disable=SC2086 # several words
	pppd "$@" ${keepalive:+lcp-echo-interval 5 lcp-echo-failure "${keepalive%%[, ]*}"} persist $peerdns $defaultroute \
		${username:+user "$username" password "$password"} unit "$unit" linkname "$interface" ipparam "$interface" $options
}
