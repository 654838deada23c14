# Start and end a daemon without procd, by start-stop-daemon. The variables SERVICE_* and the functions are those that the
# head of OpenWrt's own file lists.
# shellcheck shell=sh
# shellcheck disable=SC3043 # `local` is in every ash

SERVICE_QUIET=
SERVICE_DEBUG=
SERVICE_DAEMONIZE=
SERVICE_NAME=
SERVICE_PID_FILE=
SERVICE_MATCH_NAME=
SERVICE_USE_PID=
SERVICE_UID=
SERVICE_GID=
SERVICE_WRITE_PID=
SERVICE_SIG=
SERVICE_SIG_RELOAD=HUP
SERVICE_SIG_STOP=TERM

# FLAGS PROGRAM…: start-stop-daemon with the file of its PID where one is used, else by the program itself.
_service_run() {
	local flags="$1" program="$2" name="${SERVICE_NAME:-${2##*/}}" by
	shift 2
	by="-x $program"
	[ -z "$SERVICE_USE_PID$SERVICE_PID_FILE$SERVICE_WRITE_PID" ] || by="-p ${SERVICE_PID_FILE:-/var/run/$name.pid} $by"
	[ -z "$SERVICE_MATCH_NAME" ] || by="$by -n $name"
	# shellcheck disable=SC2086 # several words each
	${SERVICE_DEBUG:+echo} start-stop-daemon ${SERVICE_QUIET:+-q} $flags $by ${1:+-- "$@"}
}

service_check() { _service_run "-K -t" "$1"; }
service_signal() { _service_run "-K -s ${SERVICE_SIG:-TERM}" "$1"; }
service_start() { _service_run "-S${SERVICE_DAEMONIZE:+ -b}${SERVICE_WRITE_PID:+ -m}${SERVICE_UID:+ -c $SERVICE_UID${SERVICE_GID:+:$SERVICE_GID}}" "$@"; }
service_stop() { _service_run "-K -s $SERVICE_SIG_STOP" "$1"; }
service_reload() { _service_run "-K -s $SERVICE_SIG_RELOAD" "$1"; }
