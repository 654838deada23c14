# shellcheck shell=dash
# apk 3 (25.12 and later). Only what installs fetches an index that is missing or old by itself (database.c of apk-tools
# 3.0.5); questions are answered from what is here.

# packages_installed: "NAME VERSION" for each. `apk list` begins each line with NAME-VERSION-rN.
packages_installed() {
	apk list -I 2>/dev/null | sed -n 's/^\([^ ]*\)-\([^- ]*-r[0-9]*\) .*/\1 \2/p'
}

# packages_architectures: what kinds of packages this router takes.
packages_architectures() {
	cat "${IPKG_INSTROOT}/etc/apk/arch"
}

# packages_offered NAME…: "NAME VERSION SIZE DEPENDS" for each that a feed has, as far as the index is here; commas
# between the depends, and "=VERSION" behind one that must be of that version. In JSON each field is a line of its own,
# and each of the depends (apk-query(8), serialize_json.c); sizes are in bytes there.
packages_offered() {
	apk query --available --fields name,version,file-size,depends --format json "$@" 2>/dev/null | awk '
		function value(text) { gsub(/^[^:]*: *"?|"?,? *$/, "", text); return text }
		/^ *\{/ { name = version = "-"; size = 0; depends = ""; inside = 0 }
		/^ *"name":/ { name = value($0) }
		/^ *"version":/ { version = value($0) }
		/^ *"file-size":/ { size = value($0) }
		/^ *"depends": *\[/ { inside = ($0 !~ /\]/); next }
		inside && /\]/ { inside = 0; next }
		inside {
			gsub(/[" ,]/, "")
			if (substr($0, 1, 1) == "!") next
			if ($0 !~ /^[^<>=~]*=/) gsub(/[<>=~].*/, "")
			depends = depends (depends == "" ? "" : ",") $0
		}
		/^ *\}/ && name != "-" { print name, version, size, (depends == "" ? "-" : depends); name = "-" }
	'
}

# packages_refresh: fetch the index, only where it does not know pptpd yet.
packages_refresh() {
	[ -n "$(packages_offered pptpd)" ] && return 0
	apk update
	[ -n "$(packages_offered ppp)" ]
}

# packages_have NAME…: all of them are installed.
packages_have() {
	apk info -e "$@" >/dev/null 2>&1
}

# packages_install NAME…: all of them are installed afterwards, or it fails.
packages_install() {
	apk add "$@"
	packages_have "$@"
}

# packages_add FOLDER NAME…: the same from FOLDER/NAME.apk. They carry no signature that this router knows, and the
# router may have no network.
packages_add() {
	folder=$1
	shift
	(
		for name in "$@"; do
			shift
			set -- "$@" "$folder/$name.apk"
		done
		apk --no-network add --allow-untrusted "$@"
	)
	packages_have "$@"
}

# packages_remove NAME…: out of what is wanted, and out altogether with all that nothing else needs.
packages_remove() {
	apk del "$@"
}

# packages_database: none to look after: apk writes its own beside the old one and renames it (database.c).
packages_database() {
	return 0
}

# packages_lists: none on the flash: the index is in RAM (/var/cache/apk).
packages_lists() {
	return 0
}
