#!/bin/sh
# The end of a change that is only tried is put off: somebody is still there. It stays where it was decided already.
{% include "router/prelude.sh" %}
work="${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"

main() {
	[ -f "$work/until" ] || return 0
	[ -d "$work/decided" ] && return 0
	echo $(($(uptime_seconds) + {{ window }})) >"$work/until.new" && mv -f "$work/until.new" "$work/until"
}

main </dev/null
