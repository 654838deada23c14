# shellcheck shell=dash
# 14.07 and later: an init script of ours, since the package's own writes other files from UCI (openwrt.md P1 to P6).

# service_own: the init script of ours.
service_own() {
	echo "${IPKG_INSTROOT}/etc/init.d/pptp-wizard"
}

# service_script: the init script that starts the daemon on our files, nothing where it is missing.
service_script() {
	[ -f "$(service_own)" ] && service_own
	return 0
}

service_enabled() {
	for link in "${IPKG_INSTROOT}"/etc/rc.d/S??pptp-wizard; do
		[ -h "$link" ] && return 0
	done
	return 1
}

service_enable() {
	"$(service_script)" enable
	service_enabled
}

# service_restart: the package's own service leaves the port first. On 15.05.1 procd has lost sight of its daemon
# (openwrt.md §2.5), so whoever still listens is ended by pid. Calls that stand go on: they are pptpctrl's.
service_restart() {
	[ -f "${IPKG_INSTROOT}/etc/init.d/pptpd" ] && "${IPKG_INSTROOT}/etc/init.d/pptpd" stop
	"$(service_script)" stop
	for pid in $(pidof pptpd); do
		kill "$pid"
	done
	for _ in 1 2 3 4 5; do
		listening_on_1723 || break
		sleep 1
	done
	"$(service_script)" start
	for _ in 1 2 3 4 5 6 7 8; do
		listening_on_1723 && return 0
		sleep 1
	done
	return 1
}

# service_again NAME: some other service reads its settings anew.
service_again() {
	"${IPKG_INSTROOT}/etc/init.d/$1" restart
}
