# Turns the lines of /etc/config/firewall into iptables commands for the WAN's chains:
#	accept:MATCH   drop:MATCH   forward:MATCH:ADDRESS[:PORT]
# with MATCH words src=, dest=, proto=, sport= and dport=; ports alone mean TCP and UDP.
BEGIN {
	FS = ":"
}

# The words of a match, as `match[name]`, and the protocols that it means, as `protocols[1..count]`.
function take(text, words, n, i, equals) {
	split("", match_of)
	n = split(text, words, "[\t ]+")
	for (i = 1; i <= n; i++) {
		equals = index(words[i], "=")
		if (equals) match_of[substr(words[i], 1, equals - 1)] = substr(words[i], equals + 1)
	}
	both = match_of["proto"] == "" && match_of["sport"] match_of["dport"] != ""
	count = both ? split("tcp udp", protocols, " ") : 1
	if (!both) protocols[1] = match_of["proto"]
}

function ports(list, kind) {
	if (list == "") return ""
	gsub("-", ":", list)
	return " -m multiport --" kind " " list
}

function options(protocol) {
	return (protocol == "" ? "" : " -p " protocol) \
		(match_of["src"] == "" ? "" : " -s " match_of["src"]) \
		(match_of["dest"] == "" ? "" : " -d " match_of["dest"]) \
		(protocol ~ /^(tcp|udp)$/ ? ports(match_of["sport"], "sports") ports(match_of["dport"], "dports") : "")
}

$1 == "accept" || $1 == "drop" || $1 == "forward" {
	take($2)
	for (i = 1; i <= count; i++) {
		before = "iptables -t nat -A prerouting_wan" options(protocols[i])
		if ($1 == "drop") {
			print before " -j DROP"
		} else if ($1 == "accept") {
			print before " -j ACCEPT"
			print "iptables -A input_wan" options(protocols[i]) " -j ACCEPT"
		} else {
			print before " -j DNAT --to " $3 ($4 == "" ? "" : ":" $4)
			print "iptables -A forwarding_wan" (protocols[i] == "" ? "" : " -p " protocols[i]) " -d " $3 \
				($4 == "" ? "" : " --dport " $4) " -j ACCEPT"
		}
	}
}
