#!/bin/sh
# Looks at a router and changes nothing on it: everything that the questions, the plan and the preview have to know, in
# one pass. Two candidate files go to RAM for the moment in which the router's pppd is asked which MPPE words it knows.
{% include "router/prelude.sh" %}

# capabilities: one word per axis, by what is there and not by the release's name; "-" where nothing known was found.
capabilities() {
	packages=-
	firewall=-
	service=-
	if [ -d "${IPKG_INSTROOT}/lib/apk/packages" ]; then packages=apk
	elif [ -f "${IPKG_INSTROOT}/usr/lib/opkg/status" ]; then packages=opkg
	elif [ -f "${IPKG_INSTROOT}/usr/lib/ipkg/status" ]; then packages=ipkg
	fi
	if [ -x "${IPKG_INSTROOT}/sbin/fw4" ]; then firewall=fw4
	elif [ -x "${IPKG_INSTROOT}/sbin/fw3" ]; then firewall=fw3
	elif [ -f "${IPKG_INSTROOT}/lib/firewall/core.sh" ]; then firewall=shell-uci
	elif [ -f "${IPKG_INSTROOT}/lib/firewall/uci_firewall.sh" ]; then firewall=shell-uci
	else
		for script in "${IPKG_INSTROOT}"/etc/init.d/S??firewall "${IPKG_INSTROOT}/etc/init.d/firewall"; do
			[ -f "$script" ] && firewall=user
		done
	fi
	if [ -x "${IPKG_INSTROOT}/sbin/procd" ]; then service=procd
	elif [ -f "${IPKG_INSTROOT}/etc/rc.common" ]; then service=rc.common
	elif [ -f "${IPKG_INSTROOT}/etc/init.d/rcS" ]; then service=rcS
	fi
	echo "packages $packages"
	echo "firewall $firewall"
	echo "service $service"
}

identity() {
	for file in os-release openwrt_release openwrt_version banner; do
		[ -f "${IPKG_INSTROOT}/etc/$file" ] && cat "${IPKG_INSTROOT}/etc/$file" && return
	done
	uname -a
}

# network_settings: NAME=VALUE as White Russian's own start scripts see them: what these two files set wins over nvram.
# The kernel's own view is in the section "devices". On later releases the second file is no shell any more.
network_settings() (
	[ -x "${IPKG_INSTROOT}/usr/sbin/nvram" ] || return 0
	for file in network.overrides config/network; do
		[ -f "${IPKG_INSTROOT}/etc/$file" ] && . "${IPKG_INSTROOT}/etc/$file"
	done >/dev/null 2>&1
	for name in lan_ifname lan_ipaddr lan_netmask wan_ifname wan_proto wan_ipaddr wan_netmask \
		dhcp_start dhcp_num static_leases dmz_ipaddr; do
		eval "value=\${$name-}"
		[ -n "$value" ] || value=$(nvram get "$name")
		echo "$name=$value"
	done
)

dhcp_is_served() {
	pidof dnsmasq udhcpd dhcpd
}

# flash_free: kilobytes that can be written where the configuration lives.
flash_free() {
	for place in "${IPKG_INSTROOT}/overlay" "${IPKG_INSTROOT}/jffs" "${IPKG_INSTROOT}/"; do
		[ -d "$place" ] || continue
		df -k "$place" | tail -n 1
		return
	done
}

# file NAME: a link and the mode behind it as `ls -l` has them, in one section; its bytes in the next.
file() {
	[ -f "$1" ] || return 0
	section "link ${1#"${IPKG_INSTROOT}"}" ls -l "$1"
	section "mode ${1#"${IPKG_INSTROOT}"}" ls -lL "$1"
	section "file ${1#"${IPKG_INSTROOT}"}" cat "$1"
}

daemon() {
	echo "script $(service_script)"
	[ -x "${IPKG_INSTROOT}/usr/sbin/pptpd" ] && echo program
	service_enabled && echo enabled
	[ -n "$(pidof pptpd)" ] && echo running
	listening_on_1723 && echo listening
	return 0
}

# mppe_words WORDS: exit code and words of the router's own pppd for a file with nothing else in it.
mppe_words() {
	echo "$1" >"${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"
	pppd dryrun nodetach notty file "${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"
	code=$?
	rm -f "${IPKG_INSTROOT}/tmp/pptp-wizard.$nonce"
	return "$code"
}

# dnsmasq_starter: whether the init script of the name service knows `localservice`.
dnsmasq_starter() {
	grep -o localservice "${IPKG_INSTROOT}/etc/init.d/dnsmasq" | head -n 1
}

# uci_settings: what later releases keep in UCI, and what their netifd knows of the interfaces.
uci_settings() {
	[ -x "${IPKG_INSTROOT}/sbin/ubus" ] || [ -x "${IPKG_INSTROOT}/bin/ubus" ] &&
		section netifd ubus call network.interface dump
	section state cat "${IPKG_INSTROOT}/var/state/network"
	section pending uci -q changes
	section dnsmasq dnsmasq_starter
	for name in network dhcp pptpd; do
		file "${IPKG_INSTROOT}/etc/config/$name"
	done
	# Kamikaze's file of that name is written in words of its own.
	[ "$firewall" = user ] || file "${IPKG_INSTROOT}/etc/config/firewall"
	if [ -f "${IPKG_INSTROOT}/etc/sysupgrade.conf" ] || [ -d "${IPKG_INSTROOT}/lib/upgrade/keep.d" ]; then
		section keeps echo yes
	fi
	file "${IPKG_INSTROOT}/etc/sysupgrade.conf"
}

# journal: what earlier changes by this program have left, and who is at one now.
journal() {
	ours="${IPKG_INSTROOT}/etc/pptp-wizard"
	for name in last applied packages original.paths; do
		[ -f "$ours/$name" ] && section "journal $name" cat "$ours/$name"
	done
	[ -d "$ours/history" ] && section "journal history" ls "$ours/history"
	for state in undone confirmed armed; do
		[ -f "$ours/pending/$state" ] && section "journal pending" echo "$state"
	done
	if [ -d "$lock" ]; then
		section "journal holder" holder_words
		at_work && section "journal alive" true
	fi
	return 0
}

main() {
	section identity identity
	section capabilities capabilities
	case "$packages" in
{% for value in packages %}
	{{ value }})
{% include "axis/packages/" ~ value ~ ".sh" %}
		;;
{% endfor %}
	*) return 0 ;;
	esac
	case "$firewall" in
{% for value in firewall %}
	{{ value }})
{% include "axis/firewall/" ~ value ~ ".sh" %}
		;;
{% endfor %}
	*) return 0 ;;
	esac
	case "$service" in
{% for value in service %}
	{{ value }})
{% include "axis/service/" ~ value ~ ".sh" %}
		;;
{% endfor %}
	*) return 0 ;;
	esac
	section user id -u
	section settings network_settings
	[ "$service" = rcS ] || uci_settings
	section devices ifconfig
	section route cat "${IPKG_INSTROOT}/proc/net/route"
	section arp cat "${IPKG_INSTROOT}/proc/net/arp"
	section dhcp dhcp_is_served
	section leases cat "${IPKG_INSTROOT}/tmp/dhcp.leases"
	section ethers cat "${IPKG_INSTROOT}/etc/ethers"
	section hosts cat "${IPKG_INSTROOT}/etc/hosts"
	section flash flash_free
	section installed packages_installed
	section architectures packages_architectures
{% if wanted %}
	# Where all is there nobody has to wait for a feed.
	if packages_have{% for name in needed %} {{ name }}{% endfor %}; then
		section offered true
	else
		section offered packages_offered{% for name in wanted %} {{ name }}{% endfor %}

	fi
{% else %}
	section offered echo incomplete
{% endif %}
	rules=$(firewall_file)
	section "firewall file" echo "${rules#"${IPKG_INSTROOT}"}"
	section "firewall includes" firewall_includes
	section firewall firewall_listing
	own=$(service_own)
	section "own script" echo "${own#"${IPKG_INSTROOT}"}"
	[ -z "$own" ] || file "$own"
	section daemon daemon
	section calls pptp_calls
	file "${IPKG_INSTROOT}/etc/pptpd.conf"
	file "${IPKG_INSTROOT}/etc/ppp/options.pptpd"
	file "${IPKG_INSTROOT}/etc/ppp/options"
	file "${IPKG_INSTROOT}/etc/ppp/chap-secrets"
	[ -h "${IPKG_INSTROOT}/etc/ppp/chap-secrets" ] && section "secrets link" ls -l "${IPKG_INSTROOT}/etc/ppp/chap-secrets"
	case "$rules" in
	*/etc/config/*) file "${IPKG_INSTROOT}/etc/firewall.user" ;;
	*) file "$rules" ;;
	esac
	if [ -x "${IPKG_INSTROOT}/usr/sbin/pppd" ]; then
		section "mppe mppe" mppe_words 'mppe required,no40,no56,stateless'
		section "mppe require-mppe" mppe_words require-mppe-128
	fi
	journal
	section complete true
}

# Nothing runs before the last line has arrived, so a connection that is cut in between does nothing.
main </dev/null
