# shellcheck shell=dash
# White Russian: rcS runs /etc/init.d/S* in order of name. A package's script may be named without the S (openwrt.md
# calls it ambiguous), and then it does not start at boot until a link with such a name leads to it.

# service_own: none of ours: the package's own is used.
service_own() {
	return 0
}

# service_run SCRIPT ACTION.
service_run() {
	"$@"
}

# service_script: the daemon's init script, nothing where the package is missing.
service_script() {
	for script in "${IPKG_INSTROOT}"/etc/init.d/S??pptpd "${IPKG_INSTROOT}/etc/init.d/pptpd"; do
		[ -f "$script" ] && echo "$script" && return
	done
	return 0
}

service_enabled() {
	case "$(service_script)" in
	*/S??pptpd) return 0 ;;
	esac
	return 1
}

service_enable() {
	service_enabled || ln -s pptpd "${IPKG_INSTROOT}/etc/init.d/S50pptpd"
}

# service_stop: nobody waits for calls any more.
service_stop() {
	[ -n "$(service_script)" ] && service_run "$(service_script)" stop
	end_listeners
}

# service_back WHO: as `service_who` had it.
service_back() {
	[ "$1" = package ] || return 0
	service_run "$(service_script)" start
	await_listener
}

# service_who: who has started what waits for calls now: "package" or "-".
service_who() {
	if listening_on_1723; then echo package; else echo -; fi
}

# service_links: what starts the daemon at boot, and is a link.
service_links() {
	for link in "${IPKG_INSTROOT}"/etc/init.d/S??pptpd; do
		[ -h "$link" ] && echo "$link"
	done
	return 0
}

# service_starts: what a boot starts the daemon by: a link, or the package's script itself.
service_starts() {
	for script in "${IPKG_INSTROOT}"/etc/init.d/S??pptpd; do
		[ -f "$script" ] && echo "$script"
	done
	return 0
}

# service_makes: the links that enabling it makes.
service_makes() {
	echo "${IPKG_INSTROOT}/etc/init.d/S50pptpd"
}

# service_hook: what the router runs at its start before the network comes up.
service_hook() {
	echo "${IPKG_INSTROOT}/etc/init.d/S11pptp-wizard-undo"
}

# service_again NAME: some other service reads its settings anew.
service_again() {
	for script in "${IPKG_INSTROOT}"/etc/init.d/S??"$1"; do
		[ -f "$script" ] && service_run "$script" stop && service_run "$script" start
	done
}
