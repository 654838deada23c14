# A stand-in for OpenWrt's /lib/config/uci.sh: uci as shell functions, with OpenWrt's names and arguments.
# shellcheck shell=dash
# shellcheck disable=SC2034 # the sourcing script uses them

_uci() {
	"$IPKG_INSTROOT/sbin/uci" ${UCI_CONFIG_DIR:+-c "$UCI_CONFIG_DIR"} "$@"
}

# PACKAGE: its settings become variables; with CONFIG_APPEND set, beside those of packages before.
uci_load() {
	local _commands _code _name
	if [ -z "$CONFIG_APPEND" ]; then
		for _name in $CONFIG_LIST_STATE; do
			eval "CONFIG_$_name= CONFIG_${_name}_LENGTH="
		done
		CONFIG_LIST_STATE='' CONFIG_SECTIONS='' CONFIG_NUM_SECTIONS=0 CONFIG_SECTION=''
	fi
	_commands=$(_uci ${LOAD_STATE:+-P /var/state} -S -n export "$1" 2>/dev/null)
	_code=$?
	[ "$_code" != 0 ] || eval "$_commands"
	[ -z "$CONFIG_SECTION" ] || config_cb
	return "$_code"
}

# PACKAGE: make it of what comes on standard input, unless it is there.
uci_set_default() {
	_uci -q show "$1" >/dev/null && return 0
	_uci import "$1"
	_uci commit "$1"
}

# PACKAGE [SECTION [OPTION]]
uci_revert_state() {
	_uci -P /var/state revert "$1${2:+.$2}${3:+.$3}"
}

# PACKAGE SECTION OPTION VALUE
uci_set_state() {
	[ $# = 4 ] || return 0
	_uci -P /var/state set "$1.$2${3:+.$3}=$4"
}

uci_toggle_state() {
	uci_revert_state "$1" "$2" "$3"
	uci_set_state "$1" "$2" "$3" "$4"
}

uci_set() {
	_uci set "$1.$2.$3=$4"
}

uci_add_list() {
	_uci add_list "$1.$2.$3=$4"
}

# PACKAGE [SECTION [OPTION [DEFAULT]]]
uci_get_state() {
	uci_get "$1" "$2" "$3" "$4" /var/state
}

uci_get() {
	local _code
	_uci ${5:+-P "$5"} -q get "$1${2:+.$2}${3:+.$3}"
	_code=$?
	[ "$_code" = 0 ] || [ -z "$4" ] || echo "$4"
	return "$_code"
}

# PACKAGE TYPE [SECTION]
uci_add() {
	if [ -z "$3" ]; then
		CONFIG_SECTION=$(_uci add "$1" "$2")
	else
		_uci set "$1.$3=$2"
		CONFIG_SECTION=$3
	fi
}

# PACKAGE SECTION [OPTION] NAME
uci_rename() {
	_uci rename "$1.$2${4:+.$3}=${4:-$3}"
}

# PACKAGE SECTION [OPTION]
uci_remove() {
	_uci del "$1.$2${3:+.$3}"
}

uci_remove_list() {
	_uci del_list "$1.$2.$3=$4"
}

# PACKAGE [SECTION [OPTION]]
uci_revert() {
	_uci revert "$1${2:+.$2}${3:+.$3}"
}

# [PACKAGE]
uci_commit() {
	_uci commit ${1:+"$1"}
}
