#!/bin/sh
# Brings a router to the planned state, step by step, and stops at the first step that fails. It runs on by itself when
# the connection is cut; the connection only follows the log that it keeps in RAM.
{% include "router/prelude.sh" %}

work="${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"
stage="${IPKG_INSTROOT}/etc/pptp-wizard/stage"
first="${IPKG_INSTROOT}/etc/pptp-wizard/original"
kept="${IPKG_INSTROOT}/etc/pptp-wizard/previous"
lock="${IPKG_INSTROOT}/tmp/pptp-wizard.lock"
{% if archives %}
archives="${IPKG_INSTROOT}/tmp/"{{ folder }}
{% endif %}

{% include "axis/packages/" ~ dialect.packages.value ~ ".sh" %}
{% include "axis/firewall/" ~ dialect.firewall.value ~ ".sh" %}
{% include "axis/service/" ~ dialect.service.value ~ ".sh" %}

mark() {
	echo "$nonce $*"
}

# attempt NAME COMMAND…: run it and say how it went. `why` names the page that explains a failure.
attempt() {
	at_step=$1
	shift
	why=step-failed
	mark start "$at_step"
	if "$@" 2>&1; then
		mark "done" "$at_step"
		return
	fi
	mark failed "$at_step" "$why"
	return 1
}

# step NAME COMMAND…: the same, and the end where it fails.
step() {
	attempt "$@" || finish
}

# finish: the end, well or not. Who was refused its turn leaves the other's files alone.
finish() {
{% if archives %}
	rm -rf "$archives"
{% endif %}
	if [ "$(cat "$lock/holder")" = "$work" ]; then
		rm -rf "$stage" "$lock"
	fi 2>/dev/null
	: >"$work/end"
	exit
}

fail() {
	why=$1
	echo "$2"
	return 1
}

# take_turn: one wizard at a time. The lock is in RAM, so a restart takes it away; one whose holder has ended is void.
take_turn() {
	if ! mkdir "$lock"; then
		holder=$(cat "$lock/holder")
		if [ -d "$holder" ] && [ ! -f "$holder/end" ]; then
			fail busy ""
			return
		fi
		[ -d "$holder" ] && rm -rf "$holder"
	fi 2>/dev/null
	echo "$work" >"$lock/holder"
	[ "$(cat "$lock/holder")" = "$work" ] || fail busy ""
}

# still PATH MD5: the file is what the preview was made from ("-": it is not there).
still() {
	now=-
	[ -f "${IPKG_INSTROOT}$1" ] && now=$(md5sum <"${IPKG_INSTROOT}$1") && now=${now%% *}
	[ "$now" = "$2" ] || fail changed-meanwhile "$1"
}

# staged NAME MD5: a candidate arrived whole.
staged() {
	sum=$(md5sum <"$stage/$1")
	[ "${sum%% *}" = "$2" ] || fail flash-full "$1 did not fit on the flash"
}

# decoded: bytes written as decimal numbers, for content that a here-document could spoil.
decoded() {
	awk '{ for (i = 1; i <= NF; i++) printf "%c", $i + 0 }'
}

stage_files() {
{% for file in files %}
	still {{ file.path }} {{ file.md5_before }} || return 1
{% endfor %}
	mkdir -p "$stage" && chmod 700 "${IPKG_INSTROOT}/etc/pptp-wizard" "$stage" || return 1
{% for candidate in candidates %}
{{ candidate.writer | verbatim }}
	staged {{ candidate.name }} {{ candidate.md5 }} || return 1
{% endfor %}
{% for file in files if file.check == "firewall" %}
	firewall_check "$stage/"{{ file.name }} || fail firewall-refused {{ file.path }} || return 1
{% endfor %}
{% for file in files if file.check == "uci" %}
	uci -q -c "$stage" show {{ file.name }} >/dev/null || fail file-refused {{ file.path }} || return 1
{% endfor %}
{% for file in files if file.check == "shell" %}
	sh -n "$stage/"{{ file.name }} || fail file-refused {{ file.path }} || return 1
{% endfor %}
	return 0
}

{% if archives %}
# arrived NAME MD5: a package that was sent before this script is whole.
arrived() {
	sum=$(md5sum <"$archives/$1")
	[ "${sum%% *}" = "$2" ] || fail packages-damaged "$1"
}

{% endif %}
{% if packages %}
# record_packages: what came is ours to take away again one day, also where not all of it came.
record_packages() {
	packages_installed | awk 'NR == FNR { had[$1] = 1; next } !($1 in had) { print $1 }' "$work/before" - >"$work/came"
	while read -r name; do
		mark installed "$name"
		grep -q "^$name\$" "${IPKG_INSTROOT}/etc/pptp-wizard/packages" 2>/dev/null ||
			echo "$name" >>"${IPKG_INSTROOT}/etc/pptp-wizard/packages"
	done <"$work/came"
}

install_packages() {
	packages_installed >"$work/before"
{% if archives %}
{% for archive in archives %}
	arrived {{ archive.name }} {{ archive.md5 }} || return 1
{% endfor %}
	packages_add "${archives#"${IPKG_INSTROOT}"}"{% for name in packages %} {{ name }}{% endfor %}

{% else %}
	packages_refresh || fail feed-unreachable "" || return 1
	packages_install{% for name in packages %} {{ name }}{% endfor %}

{% endif %}
	installed=$?
{% if archives %}
	rm -rf "$archives"
{% endif %}
	record_packages
	[ "$installed" = 0 ] || fail package-failed ""
}
{% endif %}

# choose_options: of the candidates for options.pptpd, the one that the router's own pppd accepts (exit codes in
# pppd(8): 0; 1 while its secret is not there yet; 4 while the kernel's ppp is not loaded). An open quote is only a warning.
choose_options() {
	for words in{% for words in options_candidates %} {{ words }}{% endfor %}; do
		pppd dryrun nodetach notty file "$stage/options.pptpd.$words" >"$work/said" 2>&1
		code=$?
		cat "$work/said"
		case "$code" in
		0 | 1 | 4)
			grep -q 'quoted word runs to end of file' "$work/said" && continue
			mv "$stage/options.pptpd.$words" "$stage/options.pptpd"
			return
			;;
		esac
	done
	fail options-refused ""
}

# keep FOLDER PATH: its bytes, mode and owner as they are now, under its own path; "absent" lists what was not there.
keep() {
	if [ -f "${IPKG_INSTROOT}$2" ]; then
		mkdir -p "$1${2%/*}" && cp -p "${IPKG_INSTROOT}$2" "$1$2"
	else
		echo "$2" >>"$1/absent"
	fi
}

# keep_all FOLDER: every file of the tunnel. Whole or not at all, so it gets its name last.
keep_all() {
	rm -rf "$1.new"
	mkdir -p "$1.new" || return 1
{% for file in files %}
	keep "$1.new" {{ file.path }} || return 1
{% endfor %}
	rm -rf "$1" && mv "$1.new" "$1"
}

# keep_old: what the owner had before our first change stays for good; beside it, what was there before this one.
keep_old() {
	[ -d "$first" ] || keep_all "$first" || fail flash-full "$first" || return 1
	keep_all "$kept" || fail flash-full "$kept" || return 1
	sync
}

# replace NAME PATH MODE: by rename, so that a symbolic link into /rom gives way to the file and is not written through.
# What arrived is read back.
replace() {
	sum=$(md5sum <"$stage/$1")
	mkdir -p "${IPKG_INSTROOT}${2%/*}" && chmod "$3" "$stage/$1" && mv -f "$stage/$1" "${IPKG_INSTROOT}$2" || return 1
	[ "$(md5sum <"${IPKG_INSTROOT}$2")" = "$sum" ] || return 1
	mark changed "$2"
}

replace_files() {
	# A package may just have brought these directories; they are no secret.
	umask 022
{% for file in files if file.changed and file.path != common_options %}
	replace {{ file.name }} {{ file.path }} {{ file.mode }} || fail flash-full {{ file.path }} || return 1
{% endfor %}
	umask 077
	sync
}
{% for file in files if file.changed and file.path == common_options %}

# mend_common: pppd reads this file before any other, and could judge no candidate with what is wrong in it.
mend_common() {
	replace {{ file.name }} {{ file.path }} {{ file.mode }} || fail flash-full {{ file.path }}
}
{% endfor %}

# end_calls: every call of this server whose address is not to be kept: a client that is out, or has another password or
# address, and whoever is in the middle of logging in with the old file.
end_calls() {
	keep_these=" {% for address in keep_calls %}{{ address }} {% endfor %}"
	ended=
	pptp_calls >"$work/calls"
	while read -r pid device address; do
		case "$keep_these" in
		*" $address "*) continue ;;
		esac
		echo "$device $address"
		kill "$pid"
		ended="$ended $pid"
	done <"$work/calls"
	[ -z "$ended" ] && return 0
	sleep 2
	for pid in $ended; do
		kill -9 "$pid" 2>/dev/null
	done
	return 0
}

{% if service.enable or service.restart %}
start_daemon() {
{% if service.enable %}
	service_enable || return 1
{% endif %}
{% if service.restart %}
	service_restart || fail daemon-silent "" || return 1
{% endif %}
	return 0
}
{% endif %}

{% if service.again %}
restart_others() {
{% for name in service.again %}
	service_again {{ name }} || return 1
{% endfor %}
	return 0
}
{% endif %}

reload_firewall() {
	firewall_reload || fail firewall-failed ""
}

apply() {
	step turn take_turn
	step stage stage_files
{% if packages %}
	step packages install_packages
{% endif %}
{% for file in files if file.changed and file.path == common_options %}
	step keep keep_old
	step common mend_common
{% endfor %}
{% if options_candidates %}
	step check choose_options
{% endif %}
{% if files | selectattr("changed") | rejectattr("path", "equalto", common_options) | list %}
{% if not files | selectattr("changed") | selectattr("path", "equalto", common_options) | list %}
	step keep keep_old
{% endif %}
	step files replace_files
{% endif %}
	# From here on one failure must not keep the rest from being done: who is out has to be out.
	attempt calls end_calls
	failed=$?
{% if service.again %}
	attempt names restart_others || failed=1
{% endif %}
{% if service.enable or service.restart %}
	attempt service start_daemon || failed=1
{% endif %}
{% if firewall_reload %}
	attempt firewall reload_firewall || failed=1
{% endif %}
	[ "$failed" = 0 ] && mark complete
	finish
}

# follow: what the log has more than was shown, until the work has ended.
follow() {
	shown=0
	while :; do
		ended=
		[ -f "$work/end" ] && ended=yes
		lines=$(wc -l <"$work/log")
		if [ "$lines" -gt "$shown" ]; then
			sed -n "$((shown + 1)),$((lines))p" "$work/log"
			shown=$((lines))
		fi
		[ "$ended" ] && break
		sleep 1
	done
	rm -rf "$work"
}

main() {
	mkdir -p "$work" || exit 1
	: >"$work/log"
	(
		trap '' HUP PIPE
		apply
	) >"$work/log" 2>&1 &
	follow
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
