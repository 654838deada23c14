# shellcheck shell=dash
# White Russian: rcS runs /etc/init.d/S* in order of name. A package's script may be named without the S (openwrt.md
# calls it ambiguous), and then it does not start at boot until a link with such a name leads to it.

# service_own: none of ours: the package's own is used.
service_own() {
	return 0
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

# service_restart: the script has no such word. Its stop knows one listener only, by a file that a second start
# overwrites, so whoever still listens is ended by name. Calls that stand go on: they are pptpctrl's.
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
	for script in "${IPKG_INSTROOT}"/etc/init.d/S??"$1"; do
		[ -f "$script" ] && "$script" stop && "$script" start
	done
}
