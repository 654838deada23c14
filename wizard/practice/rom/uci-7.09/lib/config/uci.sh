# A stand-in for /lib/config/uci.sh of Kamikaze 7.09, where there was no libuci: a config file is sourced, its lines being
# calls of `config` and `option`, and what waits for a commit are lines of the same kind in /tmp/.uci. There are no lists.
# As in the original nobody quotes values: one with a ' in it breaks the file that it waits in.
# shellcheck shell=dash
# shellcheck disable=SC2034,SC2154 # the sourcing script uses them; config_get sets them
# shellcheck disable=SC2030,SC2031,SC2329 # a commit has a shell and functions of its own
unset -f list

# PACKAGE, or the path of a file: 1 where there is nothing.
uci_load() {
	local _file="$IPKG_INSTROOT/etc/config/$1" _waits="$IPKG_INSTROOT/tmp/.uci/$1"
	case $1 in /*) _file=$(_uci_place "$1") _waits=$_file.none ;; esac
	[ -e "$_file" ] || [ -e "$_waits" ] || return 1
	CONFIG_SECTIONS='' CONFIG_NUM_SECTIONS=0 CONFIG_SECTION=''
	# shellcheck source=/dev/null
	[ ! -e "$_file" ] || . "$_file"
	[ ! -e "$_waits" ] || _uci_source_waiting "$_waits"
	[ -z "$CONFIG_SECTION" ] || config_cb
}

# What waits sets options by config_set, and whoever looks at options as they come sees these too.
_uci_source_waiting() {
	config_set() {
		eval "CONFIG_$1_$2=\$3"
		[ -n "$NO_CALLBACK" ] || [ "$2" = TYPE ] || {
			local _section="$CONFIG_SECTION"
			CONFIG_SECTION=$1
			option_cb "$2" "$3"
			CONFIG_SECTION=$_section
		}
	}
	# shellcheck source=/dev/null
	. "$1"
	config_set() { eval "CONFIG_$1_$2=\$3"; }
}

# What else a waiting line may call.
config_rename() {
	local _name _kind
	config_get _kind "$1" TYPE
	[ -n "$_kind" ] && [ -n "$2" ] || return 0
	for _name in $(set | sed -n "s/^CONFIG_$1_\([A-Za-z0-9_]*\)=.*/\1/p"); do
		eval "CONFIG_$2_$_name=\$CONFIG_$1_$_name"
		unset "CONFIG_$1_$_name"
	done
	CONFIG_SECTIONS=" $CONFIG_SECTIONS "
	CONFIG_SECTIONS="${CONFIG_SECTIONS%% "$1" *} $2 ${CONFIG_SECTIONS#* "$1" }"
}

# A path of the router, which may begin with the root already.
_uci_place() {
	case $1 in
		"$IPKG_INSTROOT"/*) echo "$1" ;;
		*) echo "$IPKG_INSTROOT$1" ;;
	esac
}

# PACKAGE LINE: let the line wait. The package may be a file of state, which holds such lines and nothing else.
_uci_wait() {
	local _file
	case $1 in
		/*) _file=$(_uci_place "$1") ;;
		*) _file=$IPKG_INSTROOT/tmp/.uci/$1 ;;
	esac
	mkdir -p "$IPKG_INSTROOT/tmp/.uci"
	echo "$2" >>"$_file"
}

# PACKAGE SECTION OPTION VALUE: nothing happens where the section is not there or has that value.
uci_set() {
	case $1 in
		/*) ;;
		*) (_uci_differs "$@") || return 0 ;;
	esac
	_uci_wait "$1" "config_set '$2' '$3' '$4'"
}

_uci_differs() {
	reset_cb
	uci_load "$1"
	config_get kind "$2" TYPE
	config_get value "$2" "$3"
	[ -n "$kind" ] && [ "$value" != "$4" ]
}

# PACKAGE TYPE SECTION
uci_add() {
	_uci_wait "$1" "config '$2' '$3'"
}

# PACKAGE SECTION NAME
uci_rename() {
	_uci_wait "$1" "config_rename '$2' '$3'"
}

# PACKAGE SECTION [OPTION]
uci_remove() {
	if [ -z "$3" ]; then
		_uci_wait "$1" "config_clear '$2'"
	else
		_uci_wait "$1" "config_unset '$2' '$3'"
	fi
}

# PACKAGE: the file is written anew beside what waits, and moved to its place.
uci_commit() {
	case $1 in /*) return 0 ;; esac
	local _waits="$IPKG_INSTROOT/tmp/.uci/$1"
	[ -f "$_waits" ] || return 0
	(
		uci_new=$_waits.new uci_file=$IPKG_INSTROOT/etc/config/$1
		{ [ ! -f "$uci_file" ] || cat "$uci_file"; } >"$uci_new"
		config() { _uci_edit add "$2" "$1"; }
		config_set() { _uci_edit set "$1" "$3" "$2"; }
		config_unset() { _uci_edit unset "$1" "" "$2"; }
		config_rename() { _uci_edit rename "$1" "$2"; }
		config_clear() { _uci_edit clear "$1"; }
		# shellcheck source=/dev/null
		. "$_waits"
		mv -f "$uci_new" "$uci_file" && rm -f "$_waits"
	)
}

# WHAT SECTION [VALUE [OPTION]]: do that in the new file.
_uci_edit() {
	text=$(cat "$uci_new")
	echo "$text" | do=$1 section=$2 value=$3 option=$4 awk -f "$IPKG_INSTROOT/lib/config/uci.awk" >"$uci_new"
}
