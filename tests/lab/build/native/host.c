/*
 * Preloaded into User-mode Linux on the host. What it does not do itself:
 *
 * 1. Hosts with AMX have an XSAVE area of 11008 bytes; kernels before 6.13 hand ptrace a buffer of 2696, are refused and
 *    die with "ptrace set fp regs failed, errno = 14". The registers are passed through a larger buffer.
 * 2. A guest's reboot executes the program again. Files it holds (taps, memory, disks) are closed by that, or the tap is
 *    busy.
 * 3. A guest ends with the thread that started it, however that ends; and if it has ended already, does not start.
 * 4. What a guest consists of ends with its first process, however that ends: the processes it traces, which would go on
 *    as programs of their own, and its helpers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REGISTERS_X86_XSTATE 0x202
#define OLD_SETOPTIONS 21

static char area[32768] __attribute__((aligned(64)));

__attribute__((constructor)) static void end_with_parent(void)
{
	const char *parent = getenv("LAB_PARENT");

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (parent && getppid() != atoi(parent))
		_exit(1);
}

struct helper {
	int (*run)(void *);
	void *argument;
};

static int run_with_parent(void *data)
{
	struct helper helper = *(struct helper *)data;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return helper.run(helper.argument);
}

int clone(int (*run)(void *), void *stack, int flags, void *argument, ...)
{
	int (*real)(int (*)(void *), void *, int, void *, ...) = dlsym(RTLD_NEXT, "clone");
	struct helper *helper = malloc(sizeof(*helper)); /* a few per guest, read by the child at its own time */

	if (!helper)
		return -1;
	helper->run = run;
	helper->argument = argument;
	return real(run_with_parent, stack, flags, helper);
}

static int open_for_now(const char *path, int flags, mode_t mode)
{
	return syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode);
}

int open(const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = va_arg(rest, mode_t);
	va_end(rest);
	return open_for_now(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = va_arg(rest, mode_t);
	va_end(rest);
	return open_for_now(path, flags, mode);
}

static long call(long request, long pid, void *address, void *data)
{
	return syscall(SYS_ptrace, request, pid, address, data);
}

static long read_registers(long pid, void *address, struct iovec *wanted)
{
	struct iovec whole = { area, sizeof(area) };
	long result = call(PTRACE_GETREGSET, pid, address, &whole);

	if (result == 0) {
		if (wanted->iov_len > whole.iov_len)
			wanted->iov_len = whole.iov_len;
		memcpy(wanted->iov_base, area, wanted->iov_len);
	}
	return result;
}

static long write_registers(long pid, void *address, const struct iovec *given)
{
	struct iovec whole = { area, sizeof(area) }; /* the host's kernel shortens it to its own size */

	memcpy(area, given->iov_base, given->iov_len);
	memset(area + given->iov_len, 0, sizeof(area) - given->iov_len);
	return call(PTRACE_SETREGSET, pid, address, &whole);
}

static long peek(long request, long pid, void *address)
{
	long word;

	if (call(request, pid, address, &word) < 0)
		return -1;
	errno = 0;
	return word;
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list rest;
	long pid;
	void *address, *data;

	va_start(rest, request);
	pid = va_arg(rest, long);
	address = va_arg(rest, void *);
	data = va_arg(rest, void *);
	va_end(rest);
	if (data && (long)address == REGISTERS_X86_XSTATE) {
		if (request == PTRACE_GETREGSET)
			return read_registers(pid, address, data);
		if (request == PTRACE_SETREGSET)
			return write_registers(pid, address, data);
	}
	if (request == PTRACE_SETOPTIONS || (int)request == OLD_SETOPTIONS)
		data = (void *)((long)data | PTRACE_O_EXITKILL);
	if (request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER)
		return peek(request, pid, address);
	return call(request, pid, address, data);
}
