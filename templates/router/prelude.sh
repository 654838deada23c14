# shellcheck shell=dash
# Begins every script that runs on a router. What it may use is what ash of 2004 and its applets have: no base64,
# nohup, setsid, timeout, stat, diff, readlink. Old dropbear gives a short PATH.
[ -n "${IPKG_INSTROOT}" ] || PATH=/bin:/sbin:/usr/bin:/usr/sbin
export PATH
LC_ALL=C
export LC_ALL
umask 077
nonce={{ nonce }}

lock="${IPKG_INSTROOT}/tmp/pptp-wizard.lock"

# tick: a moment, where sleep knows no less than a second and busybox has a finer one.
tick() {
	usleep 200000 2>/dev/null || sleep 1
}

# section NAME COMMAND…: what the command prints, between two lines that no file's content can forge.
section() {
	printf '\n%s begin %s\n' "$nonce" "$1"
	shift
	"$@" 2>&1
	printf '\n%s end %s\n' "$nonce" "$?"
}

# within SECONDS COMMAND…: run a program (no function) and end it when it takes longer.
within() {
	limit=$1
	shift
	"$@" &
	program=$!
	(
		sleep "$limit"
		kill "$program"
	) >/dev/null 2>&1 &
	watch=$!
	wait "$program"
	code=$?
	kill "$watch" 2>/dev/null
	return "$code"
}

# pptp_calls: one line "PID DEVICE ADDRESS" for each call of this PPTP server that stands or is being made; ADDRESS is
# "-" before IPCP. pppd notes its pid in pppN.pid when it takes the device, long before the far end has logged in.
# A call may end while it is looked at, and a pid file may be stale: neither is worth a word.
pptp_calls() {
	for pidfile in "${IPKG_INSTROOT}"/var/run/ppp[0-9]*.pid "${IPKG_INSTROOT}"/var/run/pppd/ppp[0-9]*.pid; do
		[ -f "$pidfile" ] || continue
		pid=
		read -r pid _ <"$pidfile"
		tr '\000' ' ' <"${IPKG_INSTROOT}/proc/${pid:-none}/cmdline" | grep -q 'options\.pptpd' || continue
		device=${pidfile##*/}
		device=${device%.pid}
		address=$(ifconfig "$device" | sed -n 's/.*P-t-P:\([0-9.]*\).*/\1/p')
		echo "$pid $device ${address:--}"
	done 2>/dev/null
}

# listening_on_1723: a daemon waits for PPTP control connections (06BB is 1723, 0A is LISTEN; proc(5)).
listening_on_1723() {
	cat "${IPKG_INSTROOT}/proc/net/tcp" "${IPKG_INSTROOT}/proc/net/tcp6" 2>/dev/null | grep -q '^ *[0-9]*: [0-9A-F]*:06BB [0-9A-F]*:0000 0A '
}

# uptime_seconds: seconds since the start, which no clock that is set meanwhile changes.
uptime_seconds() {
	read -r up _ <"${IPKG_INSTROOT}/proc/uptime"
	echo "${up%%.*}"
}

# alive PID: it runs (a zombie does not).
alive() {
	[ -n "$1" ] && kill -0 "$1" && ! grep -q '^State:[^a-zA-Z]*Z' "${IPKG_INSTROOT}/proc/$1/status"
} 2>/dev/null

# at_work: the wizard that holds the lock is not done: what it runs here still does.
at_work() {
	alive "$(cat "$(cat "$lock/holder")/pid")" || alive "$(cat "$lock/guard")"
} 2>/dev/null

holder_words() {
	since=$(sed -n 's/^\([0-9][0-9]*\)$/\1/p' "$lock/since")
	echo "$(cat "$lock/owner"), for $(($(uptime_seconds) - ${since:-$(uptime_seconds)})) seconds"
} 2>/dev/null
