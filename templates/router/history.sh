#!/bin/sh
# Reads what this router keeps for going back, and how the same files are now. It changes nothing.
{% include "router/prelude.sh" %}
home="${IPKG_INSTROOT}/etc/pptp-wizard"

# thing PATH: a link as `ls -l` has it, and what is behind it: its mode and its bytes.
thing() {
	[ -h "${IPKG_INSTROOT}$1" ] || [ -f "${IPKG_INSTROOT}$1" ] || return 0
	section "link $1" ls -l "${IPKG_INSTROOT}$1"
	[ -f "${IPKG_INSTROOT}$1" ] || return 0
	section "mode $1" ls -lL "${IPKG_INSTROOT}$1"
	section "file $1" cat "${IPKG_INSTROOT}$1"
}

main() {
	for archive in "$home"/original.*.tgz{% if entry %} "$home/history/"{{ entry }}{% endif %}; do
		[ -f "$archive" ] && section "kept ${archive##*/}" cat "$archive"
	done
	[ -f "$home/original.paths" ] && while read -r path; do
		thing "$path"
	done <"$home/original.paths"
	section complete true
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
