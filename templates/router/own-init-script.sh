# shellcheck shell=dash
# The part of a service dialect that is the same wherever an init script of ours starts the daemon.

# service_own: the init script of ours.
service_own() {
	echo "${IPKG_INSTROOT}/etc/init.d/pptp-wizard"
}

# service_run SCRIPT ACTION: what the script's first line comes to, `#!/bin/sh /etc/rc.common`.
service_run() {
	sh "${IPKG_INSTROOT}/etc/rc.common" "$@"
}

# service_script: the init script that starts the daemon on our files, nothing where it is missing.
service_script() {
	[ -f "$(service_own)" ] && service_own
	return 0
}

# service_stop: nobody waits for calls any more, whoever started it.
service_stop() {
	[ -f "${IPKG_INSTROOT}/etc/init.d/pptpd" ] && service_run "${IPKG_INSTROOT}/etc/init.d/pptpd" stop
	[ -f "$(service_own)" ] && service_run "$(service_own)" stop
	end_listeners
}

# service_back WHO: as `service_who` had it.
service_back() {
	case "$1" in
	own) service_run "$(service_own)" start ;;
	package) service_run "${IPKG_INSTROOT}/etc/init.d/pptpd" start ;;
	*) return 0 ;;
	esac
	await_listener
}

# service_who: who has started what waits for calls now: "own", "package" or "-".
service_who() {
	listening_on_1723 || {
		echo -
		return
	}
	for pid in $(pidof pptpd); do
		tr '\000' ' ' <"${IPKG_INSTROOT}/proc/$pid/cmdline" | grep -q -e '-c .etc.pptpd\.conf -o .etc.ppp.options\.pptpd' && echo own && return
	done
	echo package
}

# service_links: what starts the daemon at boot, and is a link.
service_links() {
	for link in "${IPKG_INSTROOT}"/etc/rc.d/[SK]??pptpd "${IPKG_INSTROOT}"/etc/rc.d/[SK]??pptp-wizard; do
		[ -h "$link" ] && echo "$link"
	done
	return 0
}

# service_starts: what a boot starts the daemon by.
service_starts() {
	service_links | grep '/S[^/]*$'
}

# service_makes: the links that enabling it makes.
service_makes() {
	echo "${IPKG_INSTROOT}/etc/rc.d/S60pptp-wizard"
	echo "${IPKG_INSTROOT}/etc/rc.d/K10pptp-wizard"
}

# service_hook: what the router runs at its start before the network comes up.
service_hook() {
	echo "${IPKG_INSTROOT}/etc/rc.d/S11pptp-wizard-undo"
}

# service_again NAME: some other service reads its settings anew.
service_again() {
	service_run "${IPKG_INSTROOT}/etc/init.d/$1" restart
}
