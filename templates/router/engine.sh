# shellcheck shell=dash
# What a transaction needs to end without our computer: going back, and settling. It lies on the flash from before the
# first change until the end; the timer, the start script, a later run and a confirmation all use this one.
{% include "router/prelude.sh" %}

home="${IPKG_INSTROOT}/etc/pptp-wizard"
pending="$home/pending"
saved="$pending/state"
history="$home/history"
stage="$home/stage"
work="${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"

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

# begin NAME: from now on there is something of this kind to take back. The note is in RAM: a start of the router
# brings the daemon and the firewall up from the files alone.
begin() {
	true >"$work/began-$1"
}

began() {
	[ -f "$work/began-$1" ] || [ -f "$work/began-all" ]
}

# family PID: it and all that came from it and still runs, one pid a line (proc(5), stat: pid, name, state, parent).
family() {
	cat "${IPKG_INSTROOT}"/proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) (.*) [A-Za-z] \([0-9]*\) .*/\1 \2/' | awk -v top="$1" '
		{ parent[$1] = $2 }
		END {
			member[top] = 1
			do {
				more = 0
				for (pid in parent) if (!(pid in member) && (parent[pid] in member)) { member[pid] = 1; more = 1 }
			} while (more)
			for (pid in member) print pid
		}'
}

end_family() {
	members=$(family "$1")
	for member in $members; do
		kill "$member"
	done 2>/dev/null
	sleep 1
	for member in $members; do
		kill -9 "$member"
	done 2>/dev/null
	return 0
}

# guarded WATCH COMMAND…: run it beside a function that may end it and all that it started, by the pid in $runner.
guarded() {
	watch=$1
	shift
	"$@" &
	runner=$!
	"$watch" &
	watcher=$!
	wait "$runner"
	code=$?
	kill "$watcher" 2>/dev/null
	return "$code"
}

# bounded SECONDS COMMAND…: end it when it takes longer.
bounded() {
	bound=$1
	shift
	guarded watch_clock "$@"
}

# Whoever sleeps here is left behind when the watcher ends: it must not keep a pipe open that somebody reads.
watch_clock() {
	sleep "$bound" >/dev/null 2>&1
	echo "ended after $bound seconds"
	end_family "$runner"
}

# watched COMMAND…: end it after 60 seconds without progress. It is a package manager, whose files are for everybody.
watched() {
	guarded watch_progress for_everybody "$@"
}

for_everybody() {
	umask 022
	"$@"
}

watch_progress() {
	idle=0
	before=
	while [ "$idle" -lt 60 ]; do
		sleep 5 >/dev/null 2>&1
		now=$(progress)
		if [ "$now" = "$before" ]; then
			idle=$((idle + 5))
		else
			idle=0
			echo "$now" >"$work/beat"
		fi
		before=$now
	done
	echo "ended after 60 seconds without progress"
	end_family "$runner"
}

# progress: changes while something is said, downloaded or unpacked.
progress() {
	wc -c <"$work/log"
	df -k "${IPKG_INSTROOT}/tmp/" "$home/.."
}

# end_listeners: whoever still waits for calls is ended by pid, since an init script knows one of them at most: by a file
# that a second start overwrites, and on 15.05.1 procd has lost sight of its own (openwrt.md §2.5). Calls that stand go
# on: they are pptpctrl's.
end_listeners() {
	for pid in $(pidof pptpd); do
		kill "$pid"
	done
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		tick
		listening_on_1723 || return 0
	done
	sleep 3
	! listening_on_1723
}

# service_restart: an init script's own word for it may be missing, and knows one listener at most.
service_restart() {
	service_stop
	service_run "$(service_script)" start
	await_listener
}

await_listener() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		tick
		listening_on_1723 && return 0
	done
	sleep 6
	listening_on_1723
}

# copy FROM TO: a file with its mode and owner, or a link as a link. What arrived is read back.
copy() {
	mkdir -p "${2%/*}" || return 1
	if [ -h "$1" ]; then
		link "$(link_target "$1")" "$2"
	else
		cp -p "$1" "$2" && [ "$(md5sum <"$1")" = "$(md5sum <"$2")" ]
	fi
}

# link TARGET PATH: with the mode that every link has, which some file systems take from the umask.
link() (
	umask 000
	ln -s "$1" "$2"
)

link_target() {
	ls -l "$1" | sed 's/.* -> //'
}

# alike FILE FILE: bytes, mode and owner are the same, or both lead to the same place.
alike() {
	if [ -h "$1" ] || [ -h "$2" ]; then
		[ -h "$1" ] && [ -h "$2" ] && [ "$(link_target "$1")" = "$(link_target "$2")" ]
		return
	fi
	[ "$(ls -ln "$1" | awk '{ print $1, $3, $4 }')" = "$(ls -ln "$2" | awk '{ print $1, $3, $4 }')" ] &&
		[ "$(md5sum <"$1")" = "$(md5sum <"$2")" ]
}

# put_back PATH: as it was. It is moved, which needs no room on a full flash, and what is moved already is done.
put_back() {
	kept="$saved/files$1"
	if [ -h "$kept" ] || [ -f "$kept" ]; then
		if [ -f "${IPKG_INSTROOT}$1" ] && alike "$kept" "${IPKG_INSTROOT}$1"; then
			rm -f "$kept"
		else
			mkdir -p "${IPKG_INSTROOT}${1%/*}" && mv -f "$kept" "${IPKG_INSTROOT}$1"
		fi
	elif [ -f "$saved/absent$1" ]; then
		rm -f "${IPKG_INSTROOT}$1" && rm -f "$saved/absent$1"
	fi
}

# put_all_back: what has not been touched yet is left alone, since somebody else may have written it meanwhile.
put_all_back() {
	umask 022
	result=0
	waits=" $(cat "$saved/waits" 2>/dev/null | tr '\n' ' ') "
	while read -r path; do
		case "$waits" in
		*" $path "*) continue ;;
		esac
		put_back "$path" || result=1
	done <"$saved/paths"
	service_links | while read -r link; do
		known=
		while read -r path; do
			[ "${IPKG_INSTROOT}$path" = "$link" ] && known=yes
		done <"$saved/paths"
		[ "$known" ] || rm -f "$link"
	done
	while read -r folder; do
		rmdir "${IPKG_INSTROOT}$folder" 2>/dev/null
	done <"$saved/folders"
	sync
	return "$result"
}

# newcomers: what was not installed before, the last to come first: it needs the others.
newcomers() {
	packages_installed | awk '
		NR == FNR { had[$1] = 1; next }
		!($1 in had) { came[count++] = $1 }
		END { while (count) print came[--count] }
	' "$saved/packages" -
}

# tree: everything that is a file, in the places into which packages put some.
tree() {
	for kind in f l; do
		for place in etc/init.d etc/rc.d etc/ppp etc/modules.d etc/modules-boot.d etc/hotplug.d etc/uci-defaults \
			etc/opkg etc/apk lib/modules lib/netifd lib/network usr/bin usr/sbin usr/lib usr/share bin sbin; do
			[ -d "${IPKG_INSTROOT}/$place" ] && find "${IPKG_INSTROOT}/$place" -type "$kind"
		done
	done 2>/dev/null
}

# take_packages_back: what came with this transaction goes. A package manager that was cut off in the middle may have
# left files that it knows nothing of, and a database that is not whole: both are put right by what was noted before.
take_packages_back() {
	idle=0
	new=
	for _ in 1 2 3 4 5 6 7 8; do
		before=$new
		new=$(newcomers)
		[ -z "$new" ] && break
		[ "$new" = "$before" ] && idle=$((idle + 1))
		[ "$idle" -lt 2 ] || break
		# shellcheck disable=SC2086 # one word each
		watched packages_remove $new
	done
	# Half a package may be what fills the flash, so its files go before the database comes back.
	gunzip -c <"$saved/tree.gz" >"$work/tree" || return 1
	tree | awk 'NR == FNR { had[$0] = 1; next } !($0 in had)' "$work/tree" - | while read -r path; do
		[ "$path" = "$(service_hook)" ] || rm -f "$path"
	done
	if [ -f "$saved/database.gz" ] && [ "$(packages_installed | sort)" != "$(sort <"$saved/packages")" ]; then
		gunzip -c <"$saved/database.gz" >"$work/database" && cp "$work/database" "$(packages_database)" || return 1
	fi
	[ -z "$(newcomers)" ]
}

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

# surely NAME COMMAND…: once more where it failed. What fails twice is tried again at the next start of the router.
surely() {
	attempt "$@" && return
	attempt "$@" && return
	unfinished="$unfinished $1"
	return 1
}

# open_the_door: the firewall as it was, before packages that may take their time: it may be what keeps people out.
open_the_door() {
	rules=$(firewall_file)
	put_back "${rules#"$IPKG_INSTROOT"}" && bounded 90 firewall_rebuild
}

# undo WHY: everything as it was. It can be interrupted at any point and begun again.
undo() {
	mark undo "$1"
	unfinished=
	rm -rf "$stage"
	began service && surely undo-stop bounded 20 service_stop
{% if ends_calls %}
	began files && surely undo-calls bounded 20 end_calls
{% endif %}
	if [ -f "$saved/packages" ]; then
		began firewall && surely undo-firewall open_the_door
		# Once only: what comes to the router later, while something else is stuck, is somebody else's.
		surely undo-packages take_packages_back && rm -f "$saved/packages"
	fi
	# A boot goes through the list of start scripts that it made at its beginning: what is put back only now is not in it,
	# and is started by hand.
	listed=$(service_starts)
	[ -f "$saved/back" ] || { surely undo-files bounded 60 put_all_back && true >"$saved/back"; }
	[ "$1" = boot ] && [ "$(service_starts)" != "$listed" ] && begin service
	if began names; then
		for name in{% for name in service.again %} {{ name }}{% endfor %}; do
			surely undo-names bounded 60 service_again "$name"
		done
	fi
	began service && surely undo-service bounded 30 service_back "$(cat "$saved/daemon")"
	began firewall && surely undo-firewall bounded 90 firewall_rebuild
	if [ "$unfinished" ]; then
		report unfinished "$1"
		mark stuck "$unfinished"
		release
		return 1
	fi
	mv -f "$pending/armed" "$pending/undone"
	sync
	report undone "$1"
	tidy
	mark undone "$1"
	release
}

# report RESULT WHY: how the last transaction ended, for whoever asks next.
report() {
	grep -q '^id ' "$pending/about" || return 0
{% if what == "try" %}
	# What was only tried has no place in the history of changes, unless it would not go.
	[ "$1" = unfinished ] || return 0
{% endif %}
	{
		cat "$pending/about"
		echo "result $1"
		echo "why $2"
	} >"$home/last.new" && mv -f "$home/last.new" "$home/last"
}

# tidy: the transaction is over. The start script goes last, so that whatever is cut off here is done at the next start.
tidy() {
	rm -rf "$stage" "$pending"
	rmdir "$history" "$home" 2>/dev/null
	sync
	rm -f "$(service_hook)"
	sync
}

# settle: what was done stays. From the first line on there is no way back but `undo` and `uninstall` by hand.
settle() {
	[ -f "$pending/armed" ] && mv -f "$pending/armed" "$pending/confirmed"
	sync
{% if remove %}
	attempt remove-packages remove_packages || attempt remove-packages remove_packages
{% endif %}
{% if what == "apply" %}
	remember
{% elif what == "undo" %}
	rm -f "$history/"{{ entry }}
{% endif %}
{% if what == "uninstall" %}
	for kept in "$home"/*; do
		[ "$kept" = "$pending" ] || rm -rf "$kept"
	done
{% else %}
	report confirmed -
{% endif %}
	tidy
	mark confirmed
	release
}
{% if remove %}

# remove_packages: those that came with us and are no longer needed. One that somebody else has come to need stays.
remove_packages() {
	idle=0
	left=
	for _ in 1 2 3 4 5 6 7 8; do
		before=$left
		left=
		for name in{% for name in remove %} {{ name }}{% endfor %}; do
			packages_have "$name" && left="$left $name"
		done
		[ -z "$left" ] && return 0
		# One that was ended in the middle, or that hung, gets another chance.
		[ "$left" = "$before" ] && idle=$((idle + 1))
		[ "$idle" -lt 2 ] || break
		# shellcheck disable=SC2086 # one word each
		watched packages_remove $left
	done
	for name in $left; do
		mark stays "$name"
	done
}
{% endif %}

# remember: the state before this change joins the history, the oldest leave it; at most five, 64 KB, and a tenth of
# what is free. What was there before our very first change stays as long as we do.
remember() {
	newest=
	mkdir -p "$history"
	if [ -f "$pending/state.tgz" ]; then
		last=$(ls "$history" | sed -n 's/^0*\([0-9]*\)\.tgz$/\1/p' | sort -n | tail -n 1)
		newest="$history/$(printf %04d $((${last:-0} + 1))).tgz"
		mv -f "$pending/state.tgz" "$newest"
	fi
	if [ -f "$pending/original.tgz" ]; then
		count=$(ls "$home" | grep -c '^original\.[0-9]*\.tgz$')
		mv -f "$pending/original.tgz" "$home/original.$((count + 1)).tgz"
	fi
	[ -f "$pending/original.paths" ] && mv -f "$pending/original.paths" "$home/original.paths"
	trim_history
	[ -z "$newest" ] || [ -f "$newest" ] || mark forgotten
}

trim_history() {
	room=$(df -k "$home" | awk 'END { tenth = int($(NF - 2) / 10); print (tenth < 64 ? tenth : 64) }')
	while :; do
		set -- "$history"/*.tgz
		[ -f "$1" ] || return 0
		[ $# -le 5 ] && [ "$(cat "$@" | wc -c)" -le $((room * 1024)) ] && return 0
		rm -f "$1"
	done
}

# release: the next may begin. The log stays in RAM for whoever follows.
release() {
	[ "$(cat "$lock/holder" 2>/dev/null)" = "$work" ] && rm -rf "$lock"
	rm -rf "$work/original"
	true >"$work/end"
}

# recover WHY: ends a transaction that was cut off, whichever way it was going.
recover() {
	mkdir -p "$work"
	if [ -f "$pending/armed" ]; then
		undo "$1"
	elif [ -f "$pending/confirmed" ]; then
		settle
	elif [ -f "$pending/undone" ]; then
		report undone "$1"
		tidy
	else
		tidy
	fi
}
