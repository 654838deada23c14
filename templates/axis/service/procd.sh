# shellcheck shell=dash
# 14.07 and later: an init script of ours, since the package's own writes other files from UCI (openwrt.md P1 to P6).

{% include "router/own-init-script.sh" %}

service_enabled() {
	for link in "${IPKG_INSTROOT}"/etc/rc.d/S??pptp-wizard; do
		[ -h "$link" ] && return 0
	done
	return 1
}

service_enable() {
	service_run "$(service_script)" enable
	service_enabled
}
