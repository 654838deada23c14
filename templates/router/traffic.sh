# shellcheck shell=dash
# traffic: the packet filter's lines about calls with their counters, and what the kernel tracks of calls right now: TCP
# port 1723, and IP protocol 47 with its direction (`[UNREPLIED]`: one side only was heard).
traffic() {
	firewall_listing | grep -i -E 'dpts?:1723|dport (1723|\{[^}]*1723)|(^|[^a-z])gre([^a-z]|$)|^ *[0-9]+[KMG]? +[0-9]+[KMG]? +[^ ]+ +47 '
	for file in nf_conntrack ip_conntrack; do
		[ -f "${IPKG_INSTROOT}/proc/net/$file" ] && grep -E 'dport=1723 |^(ipv4 +2 +)?(unknown|gre) +47 ' "${IPKG_INSTROOT}/proc/net/$file" | sed 's/^/track /'
	done
	return 0
}

log_works() {
	logread | tail -n 1
}
