#!/bin/sh
# Follows every call: the router's log as it grows, and the counters, for as long as somebody reads.
{% include "router/prelude.sh" %}

{% include "axis/firewall/" ~ dialect.firewall.value ~ ".sh" %}

{% include "router/traffic.sh" %}

# begin_marked: the log has more from before, so it gets a line of ours that says where "now" is.
begin_marked() {
	logger -t pptp-wizard "watching $nonce {{ number }}" || echo "$nonce nolog"
}

# past: what has come since somebody began to watch, where that was over another connection; up to the line of ours.
# Each line is written at once, so that it does not mix with those of the other program that writes here.
past() {
	tries=0
	while [ $tries -lt 20 ]; do
		logread | grep -q "watching $nonce {{ number }}\$" && break
		tries=$((tries + 1))
		tick
	done
	before=$(logread | sed -n "/watching $nonce 1\$/,/watching $nonce {{ number }}\$/p")
	[ -z "$before" ] || echo "$before" | while IFS= read -r line; do echo "$nonce past $line"; done
}

main() {
	logread -f 2>/dev/null </dev/null &
	reader=$!
	trap 'kill "$reader" 2>/dev/null; exit' HUP INT PIPE TERM
	sleep 1
	begin_marked
{% if number > 1 %}
	past
{% endif %}
	echo "$nonce caught-up"
	# Where nobody reads any more this fails, and so ends.
	while traffic | sed "s/^/$nonce traffic /" && echo "$nonce beat"; do
		sleep 1
	done
	kill "$reader" 2>/dev/null
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
