#!/bin/sh
# Follows a change that goes on without the connection on which it was begun.
{% include "router/prelude.sh" %}
work="${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"

{% include "router/follow-log.sh" %}

main() {
	if [ -f "$work/log" ]; then
		follow {{ shown }}
	else
		echo "$nonce gone"
		cat "${IPKG_INSTROOT}/etc/pptp-wizard/last"
	fi
}

main </dev/null
