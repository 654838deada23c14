# shellcheck shell=dash
# ipkg 0.99 (White Russian, Kamikaze). Its exit codes prove little: what counts is what its database says afterwards.

# packages_installed: "NAME VERSION" for each. The database itself, since the micro image's ipkg has no list_installed.
packages_installed() {
	awk '
		$1 == "Package:" { name = $2; version = "-"; state = "" }
		$1 == "Version:" { version = $2 }
		$1 == "Status:" { state = $4 }
		$1 == "" && name != "" { if (state == "installed") print name, version; name = "" }
		END { if (name != "" && state == "installed") print name, version }
	' "${IPKG_INSTROOT}/usr/lib/ipkg/status"
}

# packages_architectures: what kinds of packages this router takes, by those that are on it.
packages_architectures() {
	sed -n 's/^Architecture: *//p' "${IPKG_INSTROOT}/usr/lib/ipkg/status" | sort -u
}

# _packages_kept: the lists that are here.
_packages_kept() {
	cat "${IPKG_INSTROOT}"/usr/lib/ipkg/lists/* 2>/dev/null
}

# _packages_lists: what the feeds offer: the lists kept here, or else read from the feeds into a pipe and kept nowhere.
_packages_lists() {
	if _packages_kept | grep -q '^Package: pptpd$'; then
		_packages_kept
		return
	fi
	while read -r word _ url _; do
		[ "$word" = src ] || continue
		within 8 wget -q -O - "$url/Packages" || printf '\nIncomplete: yes\n'
		echo
	done <"${IPKG_INSTROOT}/etc/ipkg.conf" 2>/dev/null
	return 0
}

# packages_offered NAME…: "NAME VERSION SIZE DEPENDS" for each that a feed has; commas between the depends, and
# "=VERSION" behind one that must be of that version. "incomplete" where a feed could not be read.
packages_offered() {
	_packages_lists | awk -v wanted=" $* " '
		function say() {
			if (index(wanted, " " name " ")) print name, version, size, depends
			name = ""
		}
		$1 == "Incomplete:" { print "incomplete" }
		$1 == "Package:" { name = $2; version = "-"; size = 0; depends = "-" }
		$1 == "Version:" { version = $2 }
		$1 == "Size:" { size = $2 }
		$1 == "Depends:" { gsub(/^Depends: *| /, ""); gsub(/\(=/, "="); gsub(/\([^)]*\)|\)/, ""); depends = $0 }
		$1 == "" && name != "" { say() }
		END { if (name != "") say() }
	'
}

# packages_refresh: fetch the lists, only where they do not know pptpd yet.
packages_refresh() {
	_packages_kept | grep -q '^Package: pptpd$' && return 0
	ipkg update
	_packages_kept | grep -q '^Package: '
}

# packages_have NAME…: all of them are installed.
packages_have() {
	for name in "$@"; do
		packages_installed | grep -q "^$name " || return 1
	done
}

# packages_install NAME…: all of them are installed afterwards, or it fails. A question about a changed configuration
# file would wait for ever here; the answer is to keep the owner's.
packages_install() {
	ipkg -force-defaults install "$@"
	packages_have "$@"
}

# packages_add FOLDER NAME…: the same from FOLDER/NAME.ipk, all in one call so that they may need each other; who is
# needed by others comes before them.
packages_add() {
	folder=$1
	shift
	(
		for name in "$@"; do
			shift
			set -- "$@" "$folder/$name.ipk"
		done
		ipkg -force-defaults install "$@"
	)
	packages_have "$@"
}

# packages_remove NAME…: those that nothing else needs; what is still needed is said, and may go at a second try. One by one, since it stops
# at the first that is needed.
packages_remove() {
	for name in "$@"; do
		ipkg -force-defaults remove "$name"
	done
}

# packages_database: the file that says what is installed, which is written in place, so not whole after a power cut.
packages_database() {
	echo "${IPKG_INSTROOT}/usr/lib/ipkg/status"
}

# packages_lists: those of the feeds' lists that lie on the flash. What was fetched for an install alone need not stay.
packages_lists() {
	for list in "${IPKG_INSTROOT}"/usr/lib/ipkg/lists/*; do
		[ -f "$list" ] && echo "$list"
	done
	return 0
}
