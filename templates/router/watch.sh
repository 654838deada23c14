#!/bin/sh
# Follows every call: the router's log as it grows, and the counters. While it runs it puts off the end of the change
# that waits for us (debug logging), so that the router ends that by itself a while after nobody watches any more.
{% include "router/prelude.sh" %}
work="${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"

{% include "axis/firewall/" ~ dialect.firewall.value ~ ".sh" %}

{% include "router/traffic.sh" %}

# put_off: the countdown begins anew, unless somebody has decided already.
put_off() {
	[ -f "$work/until" ] || return 0
	[ -d "$work/decided" ] && return 0
	echo $(($(uptime_seconds) + {{ window }})) >"$work/until.new" && mv -f "$work/until.new" "$work/until"
}

# begin_marked: what the log has from before is not of interest, so it gets a line of ours that says where "now" is.
begin_marked() {
	logger -t pptp-wizard "watching $nonce" || echo "$nonce nolog"
}

main() {
	logread -f 2>/dev/null </dev/null &
	reader=$!
	trap 'kill "$reader" 2>/dev/null; exit' HUP INT PIPE TERM
	sleep 1
	begin_marked
	beats=0
	while [ $beats -lt {{ beats }} ]; do
		put_off
		traffic | sed "s/^/$nonce traffic /"
		# Where nobody reads any more this fails, and so ends.
		echo "$nonce beat" || break
		beats=$((beats + 1))
		sleep 1
	done
	kill "$reader" 2>/dev/null
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
