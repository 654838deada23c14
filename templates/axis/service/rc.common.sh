# shellcheck shell=dash
# Kamikaze to 12.09: an init script of ours on rc.common, as on later routers, so that it is kept and found there too.

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
	[ -f "${IPKG_INSTROOT}/etc/init.d/pptpd" ] && "${IPKG_INSTROOT}/etc/init.d/pptpd" disable
	"$(service_script)" enable
	service_enabled
}

# service_restart: stop knows one listener only, by a file that a second start overwrites, so whoever still listens is
# ended by pid. Calls that stand go on: they are pptpctrl's.
service_restart() {
	"$(service_script)" stop
	for pid in $(pidof pptpd); do
		kill "$pid"
	done
	for _ in 1 2 3 4 5; do
		listening_on_1723 || break
		sleep 1
	done
	"$(service_script)" start
	for _ in 1 2 3 4 5; do
		listening_on_1723 && return 0
		sleep 1
	done
	return 1
}

# service_again NAME: some other service reads its settings anew.
service_again() {
	"${IPKG_INSTROOT}/etc/init.d/$1" restart
}
