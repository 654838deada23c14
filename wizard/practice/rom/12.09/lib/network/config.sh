# shellcheck shell=sh disable=SC2034,SC2154 # for who asked; set by config_get
# The settings of the interfaces, each with the device that it has or would have. For those that are up, /var/state, which
# config_load reads, has it already.
scan_interfaces() {
	interfaces=
	config_load network
	config_foreach scan_interface interface
}

scan_interface() {
	append interfaces "$1"
	config_get type "$1" type
	config_get device "$1" ifname
	case "$type/$device" in
	bridge/br-*) ;;
	bridge/*) config_set "$1" ifname "br-$1" ;;
	esac
}
