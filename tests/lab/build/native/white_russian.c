/*
 * Linked to Debian's pppd, this makes it White Russian's in two respects.
 *
 * The addresses of pptpd.conf have no effect: White Russian's pptpctrl is built --with-pppd-ip-alloc and never passes
 * "LOCAL:REMOTE"; Debian's always does. Its call is known by its form,
 *
 *     pppd local [file OPTIONS] SPEED LOCAL:REMOTE [ipparam ADDRESS] ...
 *
 * and the word is overwritten by a second "local", which means nothing new.
 *
 * IPv6 is not negotiated: that pppd was built without it.
 */
#include <arpa/inet.h>
#include <string.h>
#include <pppd/pppd.h>

extern struct protent ipv6cp_protent;

static int is_address(const char *text, size_t length)
{
	char copy[INET_ADDRSTRLEN];
	struct in_addr ignored;

	if (length == 0)
		return 1;
	if (length >= sizeof(copy))
		return 0;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return inet_pton(AF_INET, copy, &ignored) == 1;
}

__attribute__((constructor)) static void become_white_russian(int count, char **words)
{
	int i;

	ipv6cp_protent.enabled_flag = 0;
	if (count < 2 || strcmp(words[1], "local") != 0)
		return;
	for (i = 2; i < count; i++) {
		const char *colon = strchr(words[i], ':');

		if (colon && is_address(words[i], colon - words[i]) && is_address(colon + 1, strlen(colon + 1)))
			words[i] = words[1];
	}
}
