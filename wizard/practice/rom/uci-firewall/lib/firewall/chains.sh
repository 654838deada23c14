# shellcheck shell=sh disable=SC2154 # config_get sets variables
# What the shell firewalls of 8.09 to 12.09 make alike; no real router has this file.
# A port range is FIRST-LAST in the settings and FIRST:LAST for iptables.

# What the rules are made for, in /var/state/firewall. A uci takes its time to start: words are gathered for one of it.
note() { # word of `uci batch` ...
	for words in "$@"; do
		noted="$noted$words
"
	done
}

note_device() { # option=value ...
	for pair in "$@"; do
		note "revert firewall.core.${pair%%=*}" "set firewall.core.${pair%%=*}='${pair#*=}'"
	done
}

write_notes() {
	printf '%s' "$noted" | uci -P /var/state batch
	noted=
}

ipt() {
	iptables "$@"
}

new_chains() { # table chain ...
	table=$1
	shift
	for chain in "$@"; do
		ipt -t "$table" -N "$chain"
	done
}

policies() { # target
	for chain in INPUT OUTPUT FORWARD; do
		ipt -P "$chain" "$1"
	done
}

clear_tables() { # table ...
	for table in "$@"; do
		ipt -t "$table" -F
		ipt -t "$table" -X
	done
}

# One rule for each built-in chain of the filter.
everywhere() { # match and target
	for chain in INPUT OUTPUT FORWARD; do
		ipt -A "$chain" "$@"
	done
}

syn_flood() { # rate burst
	echo "Loading synflood protection"
	ipt -N syn_flood
	ipt -A syn_flood -p tcp --syn -m limit --limit "${1:-25}/second" --limit-burst "${2:-50}" -j RETURN
	ipt -A syn_flood -j DROP
	ipt -A INPUT -p tcp --syn -j syn_flood
}

custom_chains() {
	echo "Adding custom chains"
	new_chains filter input_rule output_rule forwarding_rule
	new_chains nat prerouting_rule postrouting_rule
	ipt -A INPUT -j input_rule
	ipt -A OUTPUT -j output_rule
	ipt -A FORWARD -j forwarding_rule
	ipt -t nat -A PREROUTING -j prerouting_rule
	ipt -t nat -A POSTROUTING -j postrouting_rule
}

common_chains() {
	new_chains filter input output forward reject
	ipt -A INPUT -j input
	ipt -A OUTPUT -j output
	ipt -A FORWARD -j forward
	ipt -A reject -p tcp -j REJECT --reject-with tcp-reset
	ipt -A reject -j REJECT --reject-with icmp-port-unreachable
}

# REJECT is no policy of iptables: a last rule does it.
set_policy() { # chain target
	case "$2" in
	REJECT)
		ipt -A "$1" -j reject
		ipt -P "$1" DROP
		;;
	*) ipt -P "$1" "$2" ;;
	esac
}

custom_zone_chains() { # zone
	new_chains filter "input_$1" "forwarding_$1"
	new_chains nat "prerouting_$1"
	ipt -I "zone_$1" 1 -j "input_$1"
	ipt -I "zone_$1_forward" 1 -j "forwarding_$1"
	ipt -t nat -I "zone_$1_prerouting" 1 -j "prerouting_$1"
}

port_range() { # ports
	echo "$1" | sed 's/-/:/'
}

# tcpudp, and no protocol at all, is one rule for each.
protocols() { # proto
	case "$1" in
	"" | tcpudp) echo tcp udp ;;
	*) echo "$1" ;;
	esac
}

list_has() { # word list
	case " $2 " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

kernel_settings() {
	[ ! -e /proc/sys/net/ipv4/tcp_syncookies ] || echo 1 >/proc/sys/net/ipv4/tcp_syncookies
	for file in /proc/sys/net/ipv4/conf/*/accept_redirects /proc/sys/net/ipv4/conf/*/accept_source_route; do
		echo 0 >"$file"
	done
}
