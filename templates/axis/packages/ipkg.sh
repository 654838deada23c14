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

# packages_lists: what the feeds offer: the lists kept here, or else read from the feeds into a pipe and kept nowhere.
packages_lists() {
	if cat "${IPKG_INSTROOT}"/usr/lib/ipkg/lists/* 2>/dev/null | grep -q '^Package: pptpd$'; then
		cat "${IPKG_INSTROOT}"/usr/lib/ipkg/lists/*
		return
	fi
	while read -r word _ url _; do
		[ "$word" = src ] && within 8 wget -q -O - "$url/Packages" && echo
	done <"${IPKG_INSTROOT}/etc/ipkg.conf"
	return 0
}

# packages_offered NAME…: "NAME VERSION SIZE DEPENDS" for each that a feed has; commas between the depends.
packages_offered() {
	packages_lists | awk -v wanted=" $* " '
		function say() {
			if (index(wanted, " " name " ")) print name, version, size, depends
			name = ""
		}
		$1 == "Package:" { name = $2; version = "-"; size = 0; depends = "-" }
		$1 == "Version:" { version = $2 }
		$1 == "Size:" { size = $2 }
		$1 == "Depends:" { gsub(/^Depends: *| |\([^)]*\)/, ""); depends = $0 }
		$1 == "" && name != "" { say() }
		END { if (name != "") say() }
	'
}

# packages_refresh: fetch the lists, only where they do not know pptpd yet.
packages_refresh() {
	cat "${IPKG_INSTROOT}"/usr/lib/ipkg/lists/* 2>/dev/null | grep -q '^Package: pptpd$' && return 0
	ipkg update
	cat "${IPKG_INSTROOT}"/usr/lib/ipkg/lists/* 2>/dev/null | grep -q '^Package: pptpd$'
}

# packages_install NAME…: all of them are installed afterwards, or it fails. A question about a changed configuration
# file would wait for ever here; the answer is to keep the owner's.
packages_install() {
	ipkg -force-defaults install "$@"
	for name in "$@"; do
		packages_installed | grep -q "^$name " || return 1
	done
}
