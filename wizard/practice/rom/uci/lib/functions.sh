# A stand-in for OpenWrt's /lib/functions.sh (until 10.03 /etc/functions.sh): settings of /etc/config as shell variables.
# `config_load NAME` takes what `uci export` prints as commands: config, option and list below are what runs then, and
# they leave CONFIG_<section>_<option> and, of lists, ..._LENGTH and ..._ITEM<n> behind. The names of the functions and of
# the variables are those that OpenWrt's scripts use. Local variables begin with _ since callbacks see them.
# shellcheck shell=dash
# shellcheck disable=SC2034 # the sourcing script uses them

N='
'
LIST_SEP=' '
LOAD_STATE=1 # settings in /var/state count too

debug() {
	${DEBUG:-:} "$@"
}

# VARIABLE VALUE [SEPARATOR]: put the value behind what is there.
append() {
	eval "$1=\"\${$1:+\$$1\${2:+\${3:- }}}\$2\""
}

# VARIABLE VALUE [SEPARATOR]: put it before what is there.
prepend() {
	eval "$1=\"\$2\${$1:+\${3:- }\$$1}\""
}

# VARIABLE WORD: whether the word is one of those in the variable.
list_contains() {
	eval "case \" \$$1 \" in *\" \$2 \"*) return 0 ;; esac"
	return 1
}

# VARIABLE WORD: take the word out.
list_remove() {
	local _left=
	local _word
	for _word in $(eval "echo \"\$$1\""); do
		[ "$_word" = "$2" ] || append _left "$_word"
	done
	eval "$1=\$_left"
}

# What a script defines anew to see settings as they are read.
reset_cb() {
	config_cb() { :; }
	option_cb() { :; }
	list_cb() { :; }
}
reset_cb

package() {
	:
}

config() {
	CONFIG_NUM_SECTIONS=$((CONFIG_NUM_SECTIONS + 1))
	CONFIG_SECTION=${2:-cfg$CONFIG_NUM_SECTIONS}
	append CONFIG_SECTIONS "$CONFIG_SECTION"
	config_set "$CONFIG_SECTION" TYPE "$1"
	[ -n "$NO_CALLBACK" ] || config_cb "$1" "$CONFIG_SECTION"
}

option() {
	local _name="$1"
	shift
	config_set "$CONFIG_SECTION" "$_name" "$*"
	[ -n "$NO_CALLBACK" ] || option_cb "$_name" "$*"
}

list() {
	local _name="$1"
	local _count
	shift
	config_get _count "$CONFIG_SECTION" "${_name}_LENGTH" 0
	[ "$_count" != 0 ] || append CONFIG_LIST_STATE "${CONFIG_SECTION}_$_name"
	_count=$((_count + 1))
	config_set "$CONFIG_SECTION" "${_name}_ITEM$_count" "$*"
	config_set "$CONFIG_SECTION" "${_name}_LENGTH" "$_count"
	append "CONFIG_${CONFIG_SECTION}_$_name" "$*" "$LIST_SEP"
	[ -n "$NO_CALLBACK" ] || list_cb "$_name" "$*"
}

config_load() {
	uci_load "$@"
}

# VARIABLE SECTION OPTION [DEFAULT] sets a variable; SECTION OPTION prints.
config_get() {
	case $2${3:-$1} in
		*[!A-Za-z0-9_]*) ;;
		*)
			if [ -n "$3" ]; then
				eval "$1=\${CONFIG_$2_$3:-\$4}"
			else
				eval "echo \"\${CONFIG_$1_$2:-\$4}\""
			fi
			;;
	esac
}

# VALUE [DEFAULT]: 1 or 0, without a newline.
get_bool() {
	case $1 in
		1 | on | true | yes | enabled) printf 1 ;;
		0 | off | false | no | disabled) printf 0 ;;
		*) printf '%s' "$2" ;;
	esac
}

# VARIABLE SECTION OPTION [DEFAULT]
config_get_bool() {
	local _found
	config_get _found "$2" "$3" "$4"
	case $_found in
		1 | on | true | yes | enabled) _found=1 ;;
		0 | off | false | no | disabled) _found=0 ;;
		*) _found=$4 ;;
	esac
	eval "$1=\$_found"
}

config_set() {
	eval "CONFIG_$1_$2=\$3"
}

config_unset() {
	config_set "$1" "$2" ""
}

# FUNCTION [TYPE [ARGUMENT...]]: call it with the name of every section of that type, and the arguments.
config_foreach() {
	local _function="$1"
	local _kind="$2"
	local _section _found
	shift $(($# < 2 ? $# : 2))
	for _section in $CONFIG_SECTIONS; do
		config_get _found "$_section" TYPE
		[ -z "$_kind" ] || [ "$_found" = "$_kind" ] || continue
		"$_function" "$_section" "$@"
	done
}

# SECTION OPTION FUNCTION [ARGUMENT...]: call it with every item of a list, and the arguments.
config_list_foreach() {
	[ $# -ge 3 ] || return 0
	local _section="$1"
	local _option="$2"
	local _function="$3"
	local _number=0
	local _count _item
	shift 3
	config_get _count "$_section" "${_option}_LENGTH" 0
	while [ "$_number" -lt "$_count" ]; do
		_number=$((_number + 1))
		config_get _item "$_section" "${_option}_ITEM$_number"
		"$_function" "$_item" "$@"
	done
}

# [SECTION]: forget one section, or all.
config_clear() {
	local _name
	if [ -n "$1" ]; then list_remove CONFIG_SECTIONS "$1"; else CONFIG_SECTIONS=; fi
	for _name in $(set | sed -n "s/^\(CONFIG_${1:+$1_}[A-Za-z0-9_]*\)=.*/\1/p"); do
		[ "$_name" = CONFIG_SECTIONS ] || unset "$_name"
	done
}

# FOLDER: source all scripts in it.
include() {
	local file
	for file in "$1"/*.sh; do
		# shellcheck source=/dev/null
		[ ! -e "$file" ] || . "$file"
	done
}

user_exists() {
	grep -qs "^$1:" "$IPKG_INSTROOT/etc/passwd"
}

group_exists() {
	grep -qs "^$1:" "$IPKG_INSTROOT/etc/group"
}

board_name() {
	if [ -e "$IPKG_INSTROOT/tmp/sysinfo/board_name" ]; then
		cat "$IPKG_INSTROOT/tmp/sysinfo/board_name"
	else
		echo generic
	fi
}

# shellcheck source=/dev/null
[ ! -f "$IPKG_INSTROOT/lib/config/uci.sh" ] || . "$IPKG_INSTROOT/lib/config/uci.sh"

# What packages run from 15.05.1 on, after they were unpacked and before they go. $1 is their script, named for them; apk
# says the name in $pkgname.
package_files() { # PACKAGE
	cat "$IPKG_INSTROOT/lib/apk/packages/$1.list" 2>/dev/null ||
		cat "$IPKG_INSTROOT/usr/lib/opkg/info/$1.list" 2>/dev/null
}

package_script() { # PACKAGE SCRIPT
	[ -f "$IPKG_INSTROOT/usr/lib/opkg/info/$1.$2" ] || return 0
	# shellcheck source=/dev/null
	(. "$IPKG_INSTROOT/usr/lib/opkg/info/$1.$2")
}

package_services() { # PACKAGE ACTION
	local _service
	for _service in $(package_files "$1" | grep '^/etc/init.d/'); do
		/bin/sh "$IPKG_INSTROOT/etc/rc.common" "$IPKG_INSTROOT$_service" "$2"
	done
}

default_postinst() {
	local _package=${1##*/}
	local _code
	_package=${pkgname:-${_package%.*}}
	if [ -z "$IPKG_INSTROOT" ] && package_files "$_package" | grep -q '^/etc/modules.d/'; then
		kmodloader
	fi
	package_script "$_package" postinst-pkg
	_code=$?
	[ "$PKG_UPGRADE" = 1 ] || package_services "$_package" enable
	package_services "$_package" start
	return $_code
}

default_prerm() {
	local _package=${1##*/}
	local _code
	_package=${pkgname:-${_package%.*}}
	package_script "$_package" prerm-pkg
	_code=$?
	[ "$PKG_UPGRADE" = 1 ] || package_services "$_package" disable
	package_services "$_package" stop
	return $_code
}
