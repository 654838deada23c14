#!/bin/sh
# The router's log since a line of ours in it: first it writes that line, later it prints what has come behind it.
{% include "router/prelude.sh" %}

main() {
{% if begin %}
	logger -t pptp-wizard "connection test $nonce begins"
{% else %}
	logread | sed "1,/connection test $nonce begins/d"
{% endif %}
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
