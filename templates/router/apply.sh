#!/bin/sh
# Brings a router to the planned state as a transaction: what to go back to lies on the flash before the first change, a
# timer and a start script go back by themselves, and only `confirm.sh` over a new connection ends that. It runs on when
# the connection is cut; the connection only follows the log that it keeps in RAM.
IPKG_INSTROOT=${IPKG_INSTROOT-}
umask 077
work="${IPKG_INSTROOT}/tmp/pptp-wizard."{{ nonce }}

write_engine() {
	cat >"$work/engine" <<'END_{{ nonce }}'
{% include "router/engine.sh" %}
END_{{ nonce }}
}
{% if archives %}

archives="${IPKG_INSTROOT}/tmp/"{{ folder }}
{% endif %}

# step NAME COMMAND…: the end, and the way back, where it fails.
step() {
	attempt "$@" || finish
}

# finish: the end, well or not. Who was refused its turn leaves the other's files alone.
finish() {
{% if archives %}
	rm -rf "$archives"
{% endif %}
	if [ "$(cat "$lock/holder" 2>/dev/null)" = "$work" ]; then
		mkdir "$work/decided" 2>/dev/null || exit
		back "failed $at_step $why"
	fi
	release
	exit
}

# back WHY: to where it was, as far as anything has begun. A change of somebody else's that could not be undone stays
# for the next start.
back() {
{% if archives %}
	rm -rf "${IPKG_INSTROOT}/tmp/"{{ folder }}
{% endif %}
	if armed; then
		undo "$1"
	else
		[ -f "$pending/armed" ] || tidy
		mark undone "$1"
		release
	fi
}

armed() {
	[ -f "$pending/armed" ] && grep -q "^id $nonce\$" "$pending/about"
}

fail() {
	why=$1
	echo "$2"
	return 1
}

# take_turn: one wizard at a time. The lock is in RAM, so a restart takes it away; one whose holder has ended is void.
# What that one left unfinished is ended first, and then the preview is not true any more.
take_turn() {
	if ! mkdir "$lock" 2>/dev/null; then
		holder=$(cat "$lock/holder" 2>/dev/null)
{% if not break_lock %}
		# Another that has just begun gets a moment to say so.
		at_work || sleep 2
		at_work && { fail busy "$(holder_words)" || return 1; }
{% endif %}
		for pid in "$(cat "$lock/guard")" "$(cat "$holder/pid")"; do
			alive "$pid" && end_family "$pid"
		done 2>/dev/null
		rm -rf "$lock"
		mkdir "$lock" || fail busy "" || return 1
	fi
	echo "$work" >"$lock/holder"
	echo {{ owner }} >"$lock/owner"
	uptime_seconds >"$lock/since"
	[ "$(cat "$lock/holder")" = "$work" ] || fail busy "" || return 1
	for old in "${IPKG_INSTROOT}"/tmp/pptp-wizard.[0-9a-f]*; do
		[ "$old" = "$work" ] || rm -rf "$old"
	done
	# It belongs to init at once: a child of ours would be ended by itself together with all that hangs here.
	(
		(
			trap '' HUP PIPE
			guard
		) >>"$work/log" 2>&1 &
		echo "$!" >"$lock/guard"
	)
	[ ! -d "$pending" ] && [ ! -h "$pending" ] && return 0
	# Without one of these nothing had been changed, and the engine itself may be half of one.
	[ -f "$pending/armed" ] || [ -f "$pending/confirmed" ] || [ -f "$pending/undone" ] || { rm -rf "$pending" && return 0; }
	(
		. "$pending/engine"
		mkdir -p "$work"
		true >"$work/began-all"
		recover broken-off
	)
	fail changed-meanwhile "an earlier change that was broken off, and is undone now"
}

# guard: goes back when nobody confirms in time, when the work has died, or when nothing has moved for 90 seconds.
guard() {
	heard=$(uptime_seconds)
	size=
	while [ ! -d "$work/decided" ] && [ ! -f "$work/end" ]; do
		sleep 1
		now=$(uptime_seconds)
		said="$(wc -c <"$work/log") $(cat "$work/beat" 2>/dev/null)"
		[ "$said" = "$size" ] || heard=$now
		size=$said
		reason=
		if [ -f "$work/until" ] && [ "$now" -ge "$(cat "$work/until")" ]; then
			reason=timer
		elif ! alive "$(cat "$work/pid")" && [ ! -f "$work/waiting" ]; then
			# In this order: the work says that it waits before it ends.
			reason=broken-off
		elif [ ! -f "$work/waiting" ] && [ $((now - heard)) -gt 90 ]; then
			reason=hung
		fi
		[ "$reason" ] || continue
		[ -f "$work/end" ] && return
		mkdir "$work/decided" 2>/dev/null || return
		end_family "$(cat "$work/pid")"
		back "$reason"
	done
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

# nothing_pending: what somebody else has set and not committed would be put into effect by building the firewall anew
# (openwrt.md F5).
nothing_pending() {
	[ -x "${IPKG_INSTROOT}/sbin/uci" ] || return 0
	changes=$(uci -q changes)
	[ -z "$changes" ] || fail uci-pending "$changes"
}

stage_files() {
	nothing_pending || return 1
{% for file in files %}
	still {{ file.path }} {{ file.md5_before }} || return 1
{% endfor %}
	for ours in "$home" "$stage"; do
		[ -h "$ours" ] || { [ -e "$ours" ] && [ ! -d "$ours" ]; } && { fail not-our-folder "$ours" || return 1; }
	done
	write_hook || fail flash-full "$(service_hook)" || return 1
	rm -rf "$stage"
	mkdir -p "$stage" && chmod 700 "$home" "$stage" || fail flash-full "$stage" || return 1
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

# keep PATH: as it is now, or that it is not there, and which folders will have to go again.
keep() {
	[ -f "$saved/files$1" ] || [ -h "$saved/files$1" ] || [ -f "$saved/absent$1" ] && return 0
	if [ -f "${IPKG_INSTROOT}$1" ] || [ -h "${IPKG_INSTROOT}$1" ]; then
		copy "${IPKG_INSTROOT}$1" "$saved/files$1" || return 1
	else
		mkdir -p "$saved/absent${1%/*}" && true >"$saved/absent$1" || return 1
		folder=${1%/*}
		while [ -n "$folder" ] && [ ! -d "${IPKG_INSTROOT}$folder" ]; do
			echo "$folder" >>"$saved/folders"
			folder=${folder%/*}
		done
	fi
	echo "$1" >>"$saved/paths"
}

# keep_all: everything that may change, in two forms: as it is, for going back at once, and small, for the history.
keep_all() {
	mkdir -p "$saved/files" "$saved/absent" && true >"$saved/folders" && true >"$saved/paths" || return 1
	for path in{% for path in paths %} {{ path }}{% endfor %}; do
		keep "$path" || return 1
	done
	{
		true
{% for path in waiting %}
		echo {{ path }}
{% endfor %}
	} >"$saved/waits" || return 1
	for path in $(service_links) $(service_makes); do
		keep "${path#"${IPKG_INSTROOT}"}" || return 1
	done
	service_who >"$saved/daemon" || return 1
{% if packages %}
	packages_installed >"$saved/packages" || return 1
	database=$(packages_database)
	if [ -n "$database" ]; then
		gzip -c <"$database" >"$saved/database.gz" || return 1
	fi
	tree | gzip -c >"$saved/tree.gz" || return 1
	gunzip -c <"$saved/tree.gz" >/dev/null || return 1
{% endif %}
{% if what == "apply" %}
	pack
{% endif %}
}
{% if what == "apply" %}

# pack: the state for the history, and of what was never kept before, for good.
pack() {
	cp "$pending/about" "$saved/about" || return 1
	(cd "$saved" && tar cf - about daemon paths files absent) | gzip -c >"$pending/state.tgz" || return 1
	gunzip -c <"$pending/state.tgz" | tar tf - >/dev/null || return 1
	known="$home/original.paths"
	[ -f "$known" ] || known=/dev/null
	{
		sed 's/^/had /' "$known"
		sed 's/^/now /' "$saved/paths"
	} | awk '$1 == "had" { had[$2] = 1; next } !($2 in had) { print $2 }' >"$work/new"
	# What starts a package at boot that came with us was not there in the beginning.
	{
		grep -q '^pptpd$' "$home/packages" 2>/dev/null && service_links | sed "s|^${IPKG_INSTROOT}|had |"
		sed 's/^/now /' "$work/new"
	} | awk '$1 == "had" { had[$2] = 1; next } !($2 in had) { print $2 }' >"$work/first"
	[ -s "$work/new" ] || return 0
	cat "$known" "$work/new" >"$pending/original.paths" || return 1
	[ -s "$work/first" ] || return 0
	mkdir -p "$work/original/files" "$work/original/absent" && cp "$saved/about" "$saved/daemon" "$work/original/" &&
		cp "$work/first" "$work/original/paths" || return 1
	while read -r path; do
		if [ -f "$saved/absent$path" ]; then
			mkdir -p "$work/original/absent${path%/*}" && true >"$work/original/absent$path"
		else
			copy "$saved/files$path" "$work/original/files$path"
		fi || return 1
	done <"$work/first"
	(cd "$work/original" && tar cf - about daemon paths files absent) | gzip -c >"$pending/original.tgz" || return 1
	rm -rf "$work/original"
	gunzip -c <"$pending/original.tgz" | tar tf - >/dev/null
}
{% endif %}

# write_hook: what goes back at the next start of the router, from before anything else of ours is on its flash: also
# half a set of new files, with passwords in it, is not left there by a power cut.
write_hook() {
	hook=$(service_hook)
	mkdir -p "${hook%/*}"
	cat >"$hook" <<'END'
#!/bin/sh
# Written by pptp-wizard while it changes something: ends what a start of the router has interrupted, and goes away.
ours="${IPKG_INSTROOT}/etc/pptp-wizard"
[ -f "$ours/pending/armed" ] || [ -f "$ours/pending/confirmed" ] || [ -f "$ours/pending/undone" ] || {
	rm -rf "$ours/stage" "$ours/pending"
	rmdir "$ours" 2>/dev/null
	rm -f "$0"
	exit 0
}
. "$ours/pending/engine"
recover boot
END
	[ "$(tail -n 1 "$hook")" = "recover boot" ] && chmod 755 "$hook" && sync
}

# arm: what to go back to is on the flash, whole, and so is what goes back at the next start. Then there is no way to
# lose it.
arm() {
	rm -rf "$pending"
	mkdir -p "$pending" && cp "$work/engine" "$pending/engine" || fail flash-full "$pending" || return 1
	{
		echo "format 1"
		echo "id $nonce"
		echo "what "{{ what }}
		echo "by "{{ owner }}
		echo "version "{{ version }}
		echo "at $(date '+%Y-%m-%d %H:%M:%S')"
	} >"$pending/about"
	keep_all || fail flash-full "$pending" || return 1
	grep -q "^id $nonce\$" "$pending/about" || fail flash-full "$pending" || return 1
	[ "$(md5sum <"$work/engine")" = "$(md5sum <"$pending/engine")" ] || fail flash-full "$pending" || return 1
	sync
	true >"$pending/armed" && sync
}

{% if archives %}
# arrived NAME MD5: a package that was sent before this script is whole.
arrived() {
	sum=$(md5sum <"$archives/$1")
	[ "${sum%% *}" = "$2" ] || fail packages-damaged "$1"
}

{% endif %}
{% if packages %}
# record_packages: what came is ours to take away again one day.
record_packages() {
	newcomers >"$work/came"
	while read -r name; do
		mark installed "$name"
		grep -q "^$name\$" "$home/packages" 2>/dev/null || echo "$name" >>"$home/packages" || return 1
	done <"$work/came"
}

install_packages() {
	packages_lists >"$work/lists"
{% if archives %}
{% for archive in archives %}
	arrived {{ archive.name }} {{ archive.md5 }} || return 1
{% endfor %}
	watched packages_add "${archives#"${IPKG_INSTROOT}"}"{% for name in packages %} {{ name }}{% endfor %}

{% else %}
	watched packages_refresh || fail feed-unreachable "" || return 1
	watched packages_install{% for name in packages %} {{ name }}{% endfor %}

{% endif %}
	installed=$?
{% if archives %}
	rm -rf "$archives"
{% endif %}
	packages_lists | while read -r list; do
		grep -q "$list" "$work/lists" || rm -f "$list"
	done
	record_packages || fail flash-full "$home/packages" || return 1
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

# countdown: from here on the tunnel or the way in may change, and without a confirmation all of it is undone.
countdown() {
	echo $(($(uptime_seconds) + {{ window }})) >"$work/until"
	mark countdown {{ window }}
}

# replace NAME PATH MODE: by rename, so that a symbolic link into /rom gives way to the file and is not written through.
# What arrived is read back.
replace() {
	sum=$(md5sum <"$stage/$1")
	mkdir -p "${IPKG_INSTROOT}${2%/*}" && chmod "$3" "$stage/$1" && mv -f "$stage/$1" "${IPKG_INSTROOT}$2" || return 1
	[ "$(md5sum <"${IPKG_INSTROOT}$2")" = "$sum" ] || return 1
	mark changed "$2"
}
{% if files | selectattr("link_after") | list %}

# lead PATH TARGET: a link again, as it was.
lead() {
	rm -f "$stage/link"
	mkdir -p "${IPKG_INSTROOT}${1%/*}" && link "$2" "$stage/link" && mv -f "$stage/link" "${IPKG_INSTROOT}$1" || return 1
	mark changed "$1"
}
{% endif %}
{% if files | selectattr("gone") | list %}

remove() {
	rm -f "${IPKG_INSTROOT}$1" && mark changed "$1"
}
{% endif %}

# unchanged: nobody has written these files since they were kept, while packages were being installed, say. From here on
# they are ours to put back.
unchanged() {
	while read -r path; do
		if [ -f "$saved/files$path" ] || [ -h "$saved/files$path" ]; then
			alike "$saved/files$path" "${IPKG_INSTROOT}$path" 2>/dev/null
		else
			[ ! -f "${IPKG_INSTROOT}$path" ] && [ ! -h "${IPKG_INSTROOT}$path" ]
		fi || fail changed-meanwhile "$path" || return 1
	done <"$saved/waits"
	rm -f "$saved/waits" && sync
}

replace_files() {
	unchanged || return 1
	# A package may just have brought these directories; they are no secret.
	umask 022
{% for file in files if file.changed and file.path != common_options %}
{% if file.gone %}
	remove {{ file.path }} || return 1
{% elif file.link_after %}
	lead {{ file.path }} {{ file.link_after }} || fail flash-full {{ file.path }} || return 1
{% else %}
	replace {{ file.name }} {{ file.path }} {{ file.mode }} || fail flash-full {{ file.path }} || return 1
{% endif %}
{% endfor %}
	umask 077
{% if what == "apply" %}
	note_applied || fail flash-full "$home/applied" || return 1
{% endif %}
	sync
}
{% if what == "apply" %}

# note_applied: checksums of what stands there now, so that what others change later can be told from it.
note_applied() {
	{
		echo "format 1"
{% for file in files if not file.gone and not file.link_after %}
		echo "$(md5sum <"${IPKG_INSTROOT}"{{ file.path }} | sed 's/ .*//') "{{ file.path }}
{% endfor %}
	} >"$home/applied.new" && [ "$(grep -c . "$home/applied.new")" = {{ noted }} ] && mv -f "$home/applied.new" "$home/applied"
}
{% endif %}
{% for file in files if file.changed and file.path == common_options %}

# mend_common: pppd reads this file before any other, and could judge no candidate with what is wrong in it.
mend_common() {
{% if file.gone %}
	rm -f "${IPKG_INSTROOT}"{{ file.path }} && mark changed {{ file.path }}
{% elif file.link_after %}
	rm -f "${IPKG_INSTROOT}"{{ file.path }} && link {{ file.link_after }} "${IPKG_INSTROOT}"{{ file.path }}
{% else %}
	replace {{ file.name }} {{ file.path }} {{ file.mode }} || fail flash-full {{ file.path }}
{% endif %}
}
{% endfor %}

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

{% if firewall_reload %}
reload_firewall() {
{% if what in ("apply", "try") %}
	firewall_reload || fail firewall-failed ""
{% else %}
	firewall_rebuild || fail firewall-failed ""
{% endif %}
}
{% endif %}

apply() {
	step turn take_turn
	step stage stage_files
	step arm arm
{% if packages %}
	step packages install_packages
{% endif %}
{% for file in files if file.changed and file.path == common_options %}
	begin files
	countdown
	step common mend_common
{% endfor %}
{% if options_candidates %}
	step check choose_options
{% endif %}
	[ -f "$work/until" ] || countdown
{% if service.stop %}
	begin service
	step stop service_stop
{% endif %}
	begin files
{% if firewall_reload %}
	# Others may have the router read the new rules before this script does.
	begin firewall
{% endif %}
	step files replace_files
{% if ends_calls %}
	step calls end_calls
{% endif %}
{% if service.again %}
	begin names
	step names restart_others
{% endif %}
{% if service.enable or service.restart %}
	begin service
	step service start_daemon
{% endif %}
{% if service.back %}
	step service service_back {{ service.back }}
{% endif %}
{% if firewall_reload %}
	step firewall reload_firewall
{% endif %}
	mark complete
	true >"$work/waiting"
}

# watch_turn: before the lock is ours there is no guard. Nothing has been changed then, so it is just ended.
watch_turn() {
	for _ in 1 2 3 4 5 6; do
		sleep 10
		[ -f "$work/end" ] && return
		[ "$(cat "$lock/holder" 2>/dev/null)" = "$work" ] && return
	done
	end_family "$(cat "$work/pid")"
	mark undone hung
	release
}

{% include "router/follow-log.sh" %}

main() {
	mkdir -p "$work" || exit 1
	true >"$work/log"
	write_engine
	. "$work/engine"
	(
		trap '' HUP PIPE
		apply
	) >>"$work/log" 2>&1 &
	echo "$!" >"$work/pid"
	(
		trap '' HUP PIPE
		watch_turn
	) >>"$work/log" 2>&1 &
	follow 0
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
