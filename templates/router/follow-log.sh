# shellcheck shell=dash
# follow LINES: what the log has beyond these, as it comes, until the work waits for somebody or has ended. A beat every
# few seconds tells the other side that the line still stands.
follow() {
	shown=$1
	quiet=0
	while :; do
		# Somebody else has taken over, and with that ended the work.
		[ -f "$work/log" ] || { echo "$nonce gone" && cat "${IPKG_INSTROOT}/etc/pptp-wizard/last" && return; }
		ended=
		[ -f "$work/end" ] || [ -f "$work/waiting" ] && ended=yes
		lines=$(wc -l <"$work/log")
		if [ "$lines" -gt "$shown" ]; then
			sed -n "$((shown + 1)),$((lines))p" "$work/log"
			shown=$((lines))
			quiet=0
		fi
		[ "$ended" ] && return
		tick
		quiet=$((quiet + 1))
		[ $((quiet % 5)) = 0 ] && echo "$nonce beat"
	done
}
