# shellcheck shell=dash
# Kamikaze to 12.09: an init script of ours on rc.common, as on later routers, so that it is kept and found there too.

{% include "router/own-init-script.sh" %}

service_enabled() {
	for link in "${IPKG_INSTROOT}"/etc/rc.d/S??pptpd; do
		[ -h "$link" ] && return 1
	done
	for link in "${IPKG_INSTROOT}"/etc/rc.d/S??pptp-wizard; do
		[ -h "$link" ] && return 0
	done
	return 1
}

# service_enable: ours starts at boot, and the package's own does not.
service_enable() {
	[ -f "${IPKG_INSTROOT}/etc/init.d/pptpd" ] && service_run "${IPKG_INSTROOT}/etc/init.d/pptpd" disable
	service_run "$(service_script)" enable
	service_enabled
}
