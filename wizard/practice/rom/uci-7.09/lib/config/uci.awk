# Does one change in a config file of Kamikaze 7.09 and leaves the rest as its author wrote it. The environment says
# what: do=set, unset, add, clear or rename, and section, option and value.

# The next word of the line in $0, its quotes taken off; the line loses it.
function word(    found, quote) {
	sub(/^[ \t]+/, "")
	quote = substr($0, 1, 1)
	if (quote == "\"" || quote == "'") {
		found = substr($0, 2)
		sub(quote ".*", "", found)
		$0 = substr($0, length(found) + 3)
		return found
	}
	match($0, /^[^ \t#]*/)
	found = substr($0, 1, RLENGTH)
	$0 = substr($0, RLENGTH + 1)
	return found
}

function assignment() {
	done = 1
	return "\toption " ENVIRON["option"] "\t'" ENVIRON["value"] "'"
}

# A new option goes to the end of its section.
function leave() {
	if (inside && ENVIRON["do"] == "set" && !done) {
		print assignment()
		if (!ended)
			print ""
	}
}

function heading(kind, name) {
	return "config \"" kind "\" \"" name "\""
}

{
	line = $0
	command = word()
}

command == "config" {
	leave()
	kind = word()
	name = word()
	number++
	if (name == "")
		name = "cfg" number
	inside = name == ENVIRON["section"]
	there = there || inside
	if (inside && ENVIRON["do"] == "rename")
		line = heading(kind, ENVIRON["value"])
}

inside && ENVIRON["do"] == "clear" { next }

inside && command == "option" && word() == ENVIRON["option"] {
	if (ENVIRON["do"] == "unset" || (ENVIRON["do"] == "set" && done))
		next
	if (ENVIRON["do"] == "set")
		line = assignment()
}

# Or to the first blank line in it.
inside && ENVIRON["do"] == "set" && !done && line ~ /^[ \t]*$/ { print assignment() }

{ print line }

END {
	ended = 1
	leave()
	if (ENVIRON["do"] == "add" && !there)
		print "\n" heading(ENVIRON["value"], ENVIRON["section"])
}
