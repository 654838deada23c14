/*
 * Linked to Debian's pppd, this gives it the MPPE words of the pppd with the MPPE/MPPC patch (White Russian to 23.05):
 * "mppe required,no40,no56,stateless" and its relatives. The words that patch removed are blanked in the program file by
 * the lab's builder, so that pppd itself refuses them, with its own message and exit code.
 *
 * Not like the original: without "required" encryption is not offered at all, where the original offers it; the
 * compression MPPC and LZS and 56 bit keys are words only.
 */
#include <string.h>
#include <pppd/pppd.h>
#include <pppd/fsm.h>
#include <pppd/ccp.h>
#include <pppd/mppe.h>

extern bool refuse_mppe_stateful;

static int read_mppe(char **arguments)
{
	char words[256], *rest = words, *word;
	u_char strengths = MPPE_OPT_40 | MPPE_OPT_128;
	bool required = 0, stateless = 0;

	strlcpy(words, *arguments, sizeof(words));
	while ((word = strsep(&rest, ",")) != NULL) {
		if (strcmp(word, "required") == 0)
			required = 1;
		else if (strcmp(word, "stateless") == 0)
			stateless = 1;
		else if (strcmp(word, "no40") == 0)
			strengths &= ~MPPE_OPT_40;
		else if (strcmp(word, "no128") == 0)
			strengths &= ~MPPE_OPT_128;
		else if (strcmp(word, "no56") != 0) {
			option_error("invalid parameter '%s' for mppe option", word);
			return 0;
		}
	}
	ccp_wantoptions[0].mppe = ccp_allowoptions[0].mppe = required ? strengths : 0;
	refuse_mppe_stateful = stateless;
	return 1;
}

static int forbid_mppe(char **arguments)
{
	ccp_wantoptions[0].mppe = ccp_allowoptions[0].mppe = 0;
	return 1;
}

static int accept_silently(char **arguments)
{
	return 1;
}

static option_t rows[] = {
	{ "mppe", o_special, read_mppe, "Require MPPE, with these restrictions" },
	{ "+mppe", o_special, read_mppe, "Require MPPE, with these restrictions" },
	{ "-mppe", o_special_noarg, forbid_mppe, "Don't allow MPPE" },
	{ "mppc", o_special_noarg, accept_silently, "MPPC compression" },
	{ "nomppc", o_special_noarg, accept_silently, "No MPPC compression" },
	{ "lzs", o_special_noarg, accept_silently, "LZS compression" },
	{ "nolzs", o_special_noarg, accept_silently, "No LZS compression" },
	{ NULL }
};

__attribute__((constructor)) static void add_rows(void)
{
	add_options(rows);
}
