#!/bin/sh
# Ends a change that waits for it, over a connection of its own: what was done stays, or all of it is undone at once.
# Whoever is first decides: this, or the timer on the router.
{% include "router/prelude.sh" %}
pending="${IPKG_INSTROOT}/etc/pptp-wizard/pending"
work="${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"

{% include "router/follow-log.sh" %}

ours() {
	[ -f "$pending/armed" ] && grep -q "^id $nonce\$" "$pending/about"
}

main() {
	if [ ! -f "$work/log" ]; then
		echo "$nonce gone"
		cat "${IPKG_INSTROOT}/etc/pptp-wizard/last"
		exit
	fi
	if ours && mkdir "$work/decided" 2>/dev/null; then
		echo "$$" >"$work/pid"
		rm -f "$work/waiting"
		(
			trap '' HUP PIPE
			. "$pending/engine"
{% if keep %}
			settle
{% else %}
			undo {{ why }}
{% endif %}
		) >>"$work/log" 2>&1 &
		echo "$!" >"$work/pid"
	fi
	rm -f "$work/waiting"
	follow {{ shown }}
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
