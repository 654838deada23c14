#!/bin/sh
# ipcalc.sh ADDRESS NETMASK [FIRST COUNT]: prints the network's values as shell assignments, and with FIRST and COUNT
# (an offset, and how far it goes) the range START to END, kept inside the network.
awk -v address="$1" -v mask="$2" -v first="$3" -v count="$4" '
function number(dotted, part) {
	split(dotted, part, ".")
	return ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4]
}
function dotted(value) {
	return int(value / 16777216) "." int(value / 65536) % 256 "." int(value / 256) % 256 "." value % 256
}
BEGIN {
	size = 4294967296 - number(mask)
	prefix = 32
	for (hosts = 1; hosts < size; hosts *= 2) prefix--
	network = number(address) - number(address) % size
	print "IP=" dotted(number(address))
	print "NETMASK=" dotted(number(mask))
	print "BROADCAST=" dotted(network + size - 1)
	print "NETWORK=" dotted(network)
	print "PREFIX=" prefix
	if (count == "") exit
	start = network + (first % size < 1 ? 1 : first % size)
	end = start + count
	if (end > network + size - 2) end = network + size - 2
	print "START=" dotted(start)
	print "END=" dotted(end)
}'
