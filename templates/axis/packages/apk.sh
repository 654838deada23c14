# shellcheck shell=dash
# apk 3 (25.12 and later).

# packages_installed: "NAME VERSION" for each. `apk list` begins each line with NAME-VERSION-rN.
packages_installed() {
	apk list -I 2>/dev/null | sed -n 's/^\([^ ]*\)-\([^- ]*-r[0-9]*\) .*/\1 \2/p'
}

# packages_offered NAME…: "NAME VERSION SIZE DEPENDS" for each that a feed has, as far as the index is here; apk tells
# neither sizes nor needs without reading the archives.
packages_offered() {
	apk list -a "$@" 2>/dev/null | sed -n 's/^\([^ ]*\)-\([^- ]*-r[0-9]*\) .*/\1 \2 0 -/p'
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

# packages_add FOLDER NAME…: the same from the archives in a folder. They carry no signature that this router knows.
packages_add() {
	folder=$1
	shift
	apk add --allow-untrusted "$folder"/*.apk
	packages_have "$@"
}
