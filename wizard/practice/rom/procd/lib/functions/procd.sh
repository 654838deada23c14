# The shell's side of procd: what a start_service says about its instances becomes one message for `ubus call service`.
# The functions and their words are those that the head of OpenWrt's own file lists; jails are accepted and not made, as
# where procd's ujail is not installed.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154,SC3043 # read by name; set by name; `local` is in every ash

PROCD_RELOAD_DELAY=1000

# The next parts of the message, and of the instance that is being written.
_procd_instances='' _procd_triggers='' _procd_validate='' _procd_data=''
_procd_instance='' _procd_keys='' _procd_in_validate=''

# Puts the text into $_q as a JSON string.
_procd_quote() {
	case $1 in
		*[\\\"[:cntrl:]]*)
			_q=$(printf '%s\n' "$1" | sed 's/[\\"]/\\&/g; s/	/\\t/g' | awk '{ printf "%s%s", n++ ? "\\n" : "", $0 }')
			_q="\"$_q\""
			;;
		*) _q="\"$1\"" ;;
	esac
}

# Puts the words into $_list, quoted and with commas between them.
_procd_list() {
	local sep=
	_list=
	while [ $# -gt 0 ]; do
		_procd_quote "$1"
		_list="$_list$sep$_q"
		sep=,
		shift
	done
}

# Puts NAME=VALUE words into $_list as members of a table.
_procd_members() {
	local sep=
	local name
	_list=
	while [ -n "$1" ]; do
		_procd_quote "${1%%=*}"
		name=$_q
		case $1 in *=*) _procd_quote "${1#*=}" ;; *) _q='""' ;; esac
		_list="$_list$sep$name:$_q"
		sep=,
		shift
	done
}

_procd_call() {
	[ -z "$PROCD_DEBUG" ] || printf '%s\n' "$2" >&2
	ubus call service "$1" "$2"
}

procd_lock() { :; } # the daemon takes one message after another

procd_open_service() {
	_procd_quote "$1"
	_procd_service=$_q
	_procd_quote "$2"
	_procd_script=$_q
	_procd_number=0
	_procd_instances='' _procd_triggers='' _procd_validate='' _procd_data=''
}

procd_close_service() {
	service_triggers
	type service_data >/dev/null 2>&1 && {
		procd_open_data
		service_data
		procd_close_data
	}
	_procd_call "${1:-set}" "{\"name\":$_procd_service,\"script\":$_procd_script,\"instances\":{$_procd_instances},\
\"triggers\":[$_procd_triggers],\"validate\":[$_procd_validate],\"data\":{$_procd_data}}"
}

procd_open_instance() {
	_procd_number=$((_procd_number + 1))
	_procd_instance=${1:-instance$_procd_number}
	_procd_keys=
}

procd_set_param() {
	local key="$1"
	local kind=text
	shift
	case $key in
		env | data | limits)
			kind=table
			_procd_members "$@"
			;;
		command | netdev | file | respawn | watch | watchdog)
			kind=list
			_procd_list "$@"
			;;
		error)
			kind=list
			_procd_list "$1"
			;;
		nice | term_timeout) _list=$1 ;;
		reload_signal) _list=$(kill -l "$1") ;;
		stdout | stderr | no_new_privs) case $1 in 1 | true) _list=true ;; *) _list=false ;; esac ;;
		*)
			_procd_quote "$1"
			_list=$_q
			;;
	esac
	case " $_procd_keys " in *" $key:"*) ;; *) _procd_keys="$_procd_keys $key:$kind" ;; esac
	eval "_procd_param_$key=\$_list"
}

procd_append_param() {
	local key="$1"
	local old
	case " $_procd_keys " in
		*" $key:"*) ;;
		*)
			procd_set_param "$@"
			return
			;;
	esac
	eval "old=\$_procd_param_$key"
	procd_set_param "$@"
	eval "_procd_param_$key=\${old:+\$old,}\$_list"
}

procd_close_instance() {
	local body=
	local key
	case " $_procd_keys " in *" respawn:"*)
		[ -n "$_procd_param_respawn" ] ||
			procd_set_param respawn "$(_procd_default threshold 3600)" "$(_procd_default timeout 5)" "$(_procd_default retry 5)"
		;;
	esac
	for key in $_procd_keys; do
		eval "_list=\$_procd_param_${key%:*}"
		case ${key#*:} in
			list) _list="[$_list]" ;;
			table) _list="{$_list}" ;;
		esac
		body="$body${body:+,}\"${key%:*}\":$_list"
	done
	_procd_quote "$_procd_instance"
	_procd_instances="$_procd_instances${_procd_instances:+,}$_q:{$body}"
	_procd_instance=
}

# A value that the administrator gave to all services in /etc/config/system, or the usual one.
_procd_default() {
	local value=
	grep -q '^config service' "$IPKG_INSTROOT/etc/config/system" && value=$(uci -q get "system.@service[0].respawn_$1")
	echo "${value:-$2}"
}

procd_add_instance() {
	procd_open_instance
	procd_set_param command "$@"
	procd_close_instance
}

procd_open_trigger() { :; }
procd_close_trigger() { :; }

_procd_add_trigger() {
	_procd_triggers="$_procd_triggers${_procd_triggers:+,}$1"
}

# EVENT KEY VALUE WORDS…: run the words when that event comes with that value.
_procd_trigger_if() {
	local event key value
	_procd_quote "$1"
	event=$_q
	_procd_quote "$2"
	key=$_q
	_procd_quote "$3"
	value=$_q
	shift 3
	_procd_list run_script "$@"
	_procd_add_trigger "[$event,[\"if\",[\"eq\",$key,$value],[$_list]],$PROCD_RELOAD_DELAY]"
}

procd_add_config_trigger() {
	local event="$1" package="$2"
	shift 2
	_procd_trigger_if "$event" package "$package" "$@"
}

procd_add_interface_trigger() {
	local event="$1" interface="$2"
	shift 2
	_procd_trigger_if "$event" interface "$interface" "$@"
}

procd_add_reload_interface_trigger() {
	procd_add_interface_trigger "interface.*" "$1" "/etc/init.d/$rc_service" reload
}

procd_add_reload_trigger() {
	local file
	for file in "$@"; do
		procd_add_config_trigger config.change "$file" "/etc/init.d/$rc_service" reload
	done
}

procd_add_raw_trigger() {
	local event timeout="$2"
	_procd_quote "$1"
	event=$_q
	shift 2
	_procd_list run_script "$@"
	_procd_add_trigger "[$event,[[$_list]],$timeout]"
}

procd_open_validate() { _procd_in_validate=1; }
procd_close_validate() { _procd_in_validate=; }

procd_add_validation() {
	procd_open_validate
	"$@"
	procd_close_validate
}

procd_open_data() { :; } # tables are only made by procd_add_mdns
procd_close_data() { :; }

# SERVICE PROTOCOL PORT TEXT…: what the router announces about an instance.
procd_add_mdns() {
	local service="$1" proto="$2" port="$3"
	shift 3
	_procd_list "$@"
	_list="\"mdns\":{\"${service}_$port\":{\"service\":\"_$service._$proto.local\",\"port\":$port,\"txt\":[$_list]}}"
	case " $_procd_keys " in *" data:"*) ;; *) _procd_keys="$_procd_keys data:table" ;; esac
	_procd_param_data=$_list
}

procd_add_jail() { :; }
procd_add_jail_mount() { :; }
procd_add_jail_mount_rw() { :; }
procd_add_reload_mount_trigger() { :; }
procd_add_restart_mount_trigger() { :; }

procd_kill() {
	local message
	_procd_quote "$1"
	message="\"name\":$_q"
	[ -z "$2" ] || {
		_procd_quote "$2"
		message="$message,\"instance\":$_q"
	}
	_procd_call delete "{$message}" 2>/dev/null
}

procd_send_signal() {
	local message number="$3"
	_procd_quote "$1"
	message="\"name\":$_q"
	case $2 in
		'' | '*') ;;
		*)
			_procd_quote "$2"
			message="$message,\"instance\":$_q"
			;;
	esac
	case $number in [A-Z]*) number=$(kill -l "$number") || return 1 ;; esac
	_procd_call signal "{$message${number:+,\"signal\":$number}}"
}

# SERVICE [INSTANCE]: whether the instances that are listed run, one word for each
_procd_states() {
	if [ -z "$2" ] || [ "$2" = '*' ]; then
		_procd_list_of "$1" | sed -n 's/^				"running": \([a-z]*\).*/\1/p'
	else
		_procd_list_of "$1" | jsonfilter -e "@[\"$1\"].instances[\"$2\"].running"
	fi
}

procd_running() {
	[ "$(_procd_states "$1" "$2" | sed 1q)" = true ]
}

_procd_list_of() {
	_procd_quote "$1"
	_procd_call list "{\"name\":$_q}"
}

_procd_status() {
	local states total=0 up=0 state
	states=$(_procd_states "$1" "$2")
	[ -n "$states" ] || case $(_procd_list_of "$1") in
		*\"instances\":*) ;;
		*\"*)
			[ -n "$2" ] || {
				echo "active with no instances"
				return 0
			}
			;;
		*)
			echo inactive
			return 3
			;;
	esac
	for state in $states; do
		total=$((total + 1))
		[ "$state" = false ] || up=$((up + 1))
	done
	if [ "$total" -eq 0 ]; then
		echo "unknown instance \"$2\""
		return 4
	elif [ "$up" -eq 0 ]; then
		echo "not running"
		return 5
	elif [ "$up" -eq "$total" ]; then
		echo running
	else
		echo "running ($up/$total)"
	fi
}

procd_set_config_changed() {
	_procd_quote "$1"
	ubus call service event "{\"type\":\"config.change\",\"data\":{\"package\":$_q}}"
}

# PACKAGE TYPE NAME OPTION:KIND[:DEFAULT]…: sets a variable for each option, says on stderr which are not what they ought to
# be, and returns 1 then. Between procd_open_validate and procd_close_validate the kinds are only told to procd.
uci_validate_section() {
	local package="$1" kind="$2" name="$3" result code
	shift 3
	[ -z "$_procd_in_validate" ] || {
		_procd_rules "$package" "$kind" "$@"
		return 0
	}
	result=$("$IPKG_INSTROOT"/sbin/validate_data "$package" "$kind" "$name" "$@" 2>/dev/null)
	code=$?
	eval "$result"
	[ "$code" = 0 ] || "$IPKG_INSTROOT"/sbin/validate_data "$package" "$kind" "$name" "$@" >/dev/null
	return "$code"
}

_procd_rules() {
	local head rules="" rule
	_procd_quote "$1"
	head="\"package\":$_q"
	_procd_quote "$2"
	head="$head,\"type\":$_q"
	shift 2
	for rule in "$@"; do
		_procd_quote "${rule%%:*}"
		rules="$rules${rules:+,}$_q"
		_procd_quote "${rule#*:}"
		rules="$rules:$_q"
	done
	_procd_validate="$_procd_validate${_procd_validate:+,}{$head,\"rules\":{$rules}}"
}

# The same, and then calls FUNCTION with the section's name and the result, the options being local variables for it.
uci_load_validate() {
	local _package="$1" _type="$2" _name="$3" _function="$4" _option _result
	shift 4
	for _option in "$@"; do
		eval "local ${_option%%:*}"
	done
	uci_validate_section "$_package" "$_type" "$_name" "$@"
	_result=$?
	[ -n "$_function" ] || return "$_result"
	"$_function" "$_name" "$_result"
}
