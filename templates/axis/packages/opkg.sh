# shellcheck shell=dash
# opkg (8.09 to 24.10). It says 255 for every failed install and the number of failed feeds for an update: what counts
# is what its database says afterwards.

# packages_installed: "NAME VERSION" for each.
packages_installed() {
	awk '
		$1 == "Package:" { name = $2; version = "-"; state = "" }
		$1 == "Version:" { version = $2 }
		$1 == "Status:" { state = $4 }
		$1 == "" && name != "" { if (state == "installed") print name, version; name = "" }
		END { if (name != "" && state == "installed") print name, version }
	' "${IPKG_INSTROOT}/usr/lib/opkg/status"
}

# packages_architectures: what kinds of packages this router takes, by those that are on it.
packages_architectures() {
	sed -n 's/^Architecture: *//p' "${IPKG_INSTROOT}/usr/lib/opkg/status" | sort -u
}

# _packages_kept: the lists that are here, which newer ones keep compressed.
_packages_kept() {
	for list in "${IPKG_INSTROOT}"/var/opkg-lists/* "${IPKG_INSTROOT}"/usr/lib/opkg/lists/*; do
		case "$list" in
		*.sig | *'/*') continue ;;
		esac
		gunzip -c <"$list" 2>/dev/null || cat "$list"
		echo
	done
}

# _packages_lists: what the feeds offer: the lists kept here, or else read from the feeds into a pipe and kept nowhere.
_packages_lists() {
	if _packages_kept | grep -q '^Package: pptpd$'; then
		_packages_kept
		return
	fi
	cat "${IPKG_INSTROOT}/etc/opkg.conf" "${IPKG_INSTROOT}"/etc/opkg/*.conf 2>/dev/null | while read -r word _ url _; do
		case "$word" in
		src/gz) within 8 wget -q -O - "$url/Packages.gz" | gunzip -c ;;
		src) within 8 wget -q -O - "$url/Packages" ;;
		*) continue ;;
		esac || printf '\nIncomplete: yes\n'
		echo
	done 2>/dev/null
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

# packages_refresh: fetch the lists, only where they do not know pptpd yet. One feed that fails may be no feed of ours.
packages_refresh() {
	_packages_kept | grep -q '^Package: pptpd$' && return 0
	opkg update
	_packages_kept | grep -q '^Package: '
}

# packages_have NAME…: all of them are installed.
packages_have() {
	for name in "$@"; do
		packages_installed | grep -q "^$name " || return 1
	done
}

# packages_install NAME…: all of them are installed afterwards, or it fails.
packages_install() {
	opkg install "$@"
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
		opkg install "$@"
	)
	packages_have "$@"
}

# packages_remove NAME…: those that nothing else needs; what is still needed is said, and may go at a second try.
packages_remove() {
	opkg remove "$@"
}

# packages_database: the file that says what is installed, which is written in place, so not whole after a power cut.
packages_database() {
	echo "${IPKG_INSTROOT}/usr/lib/opkg/status"
}

# packages_lists: those of the feeds' lists that lie on the flash. What was fetched for an install alone need not stay.
packages_lists() {
	for list in "${IPKG_INSTROOT}"/usr/lib/opkg/lists/*; do
		[ -f "$list" ] && echo "$list"
	done
	return 0
}
