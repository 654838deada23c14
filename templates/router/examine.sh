#!/bin/sh
# The connection test's own look at the router: what `inspect.sh` leaves out since no set-up needs it. Changes nothing.
{% include "router/prelude.sh" %}

{% include "axis/firewall/" ~ dialect.firewall.value ~ ".sh" %}

{% include "router/traffic.sh" %}

# options_file: the one that pptpd gives its pppd (pptpd.conf(5)).
options_file() {
	named=$(awk '$1 == "option" { print $2 }' "${IPKG_INSTROOT}/etc/pptpd.conf" 2>/dev/null | tail -n 1)
	named=${named:-${IPKG_INSTROOT}/etc/ppp/options.pptpd}
	echo "${IPKG_INSTROOT}${named#"$IPKG_INSTROOT"}"
}

options_accepted() {
	pppd dryrun nodetach notty file "$(options_file)"
}

# modules: those that are loaded, and those that pppd could still have loaded.
modules() {
	sed 's/ .*/ loaded/' "${IPKG_INSTROOT}/proc/modules" 2>/dev/null
	find "${IPKG_INSTROOT}/lib/modules" -name '*.*o' 2>/dev/null | sed 's|.*/||; s/\.k\{0,1\}o$//'
	[ -e "${IPKG_INSTROOT}/dev/ppp" ] && echo /dev/ppp
	return 0
}

# open_files: what every process has open, folder by folder (proc(5)).
open_files() {
	ls -l "${IPKG_INSTROOT}"/proc/[0-9]*/fd 2>/dev/null
}

# listener: the program that has TCP port 1723, by the inode of its socket.
listener() {
	inode=$(cat "${IPKG_INSTROOT}/proc/net/tcp" "${IPKG_INSTROOT}/proc/net/tcp6" 2>/dev/null | awk '$2 ~ /:06BB$/ && $4 == "0A" { print $10; exit }')
	[ -n "$inode" ] || return 0
	holder=$(open_files | awk -v socket="socket:[$inode]" '
		/\/proc\/[0-9]*\/fd:$/ { last = split($1, part, "/"); pid = part[last - 1] }
		$NF == socket { print pid; exit }
	')
	[ -n "$holder" ] && sed -n 's/^Name:[^a-zA-Z]*//p' "${IPKG_INSTROOT}/proc/$holder/status"
}

resolvers() {
	for name in tmp/resolv.conf.d/resolv.conf.auto tmp/resolv.conf.auto etc/resolv.conf; do
		[ -f "${IPKG_INSTROOT}/$name" ] && cat "${IPKG_INSTROOT}/$name"
	done
}

main() {
	[ -x "${IPKG_INSTROOT}/usr/sbin/pppd" ] && section options options_accepted
	section modules modules
	section listener listener
	section forwarding cat "${IPKG_INSTROOT}/proc/sys/net/ipv4/ip_forward"
	section route route -n
	section resolvers resolvers
	section traffic traffic
	section log log_works
	section complete true
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
