# SPDX-License-Identifier: MIT
# The test domain: a bzImage without libc, compiled and linked by one command with flags of its
# own.  CFLAGS and LDFLAGS of the build (sanitizers, hardening) have no place in it.
testdom_compile = -m64 -std=gnu11 -O2 -ffreestanding -fno-builtin -fno-pic -fno-pie \
	-fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -fno-common \
	-mno-red-zone -mgeneral-regs-only \
	-Wall -Wextra -Wmissing-prototypes -Wshadow -Wvla -Wno-unused-parameter
testdom_link = -nostdlib -static -Wl,--build-id=none -Wl,--oformat=binary

testdom_inputs_h = \
	tests/domains/checks.h \
	tests/domains/console.h \
	tests/domains/cpu.h \
	tests/domains/display.h \
	tests/domains/gpu.h \
	tests/domains/pci.h \
	tests/domains/picture.h \
	tests/domains/submit.h \
	tests/domains/tap.h \
	tests/domains/xen.h
testdom_inputs_c = \
	tests/domains/boot.S \
	tests/domains/console.c \
	tests/domains/cpu.c \
	tests/domains/display.c \
	tests/domains/display_checks.c \
	tests/domains/gmbus_checks.c \
	tests/domains/gpu.c \
	tests/domains/gtt_checks.c \
	tests/domains/hostile_checks.c \
	tests/domains/main.c \
	tests/domains/mmio_checks.c \
	tests/domains/pci.c \
	tests/domains/pci_checks.c \
	tests/domains/picture_checks.c \
	tests/domains/pvinfo_checks.c \
	tests/domains/register_checks.c \
	tests/domains/submit.c \
	tests/domains/submit_checks.c \
	tests/domains/table_checks.c \
	tests/domains/tap.c \
	tests/domains/xen.c

EXTRA_DIST += $(testdom_inputs_h) $(testdom_inputs_c) tests/domains/link.lds \
	tests/domains/testdom.cfg.in

if X86_64
xengttestsdir = $(libexecdir)/xengt/tests
xengttests_DATA = tests/domains/testdom.bin tests/domains/testdom.cfg
xengttests_PROGRAMS = tests/domains/expected-picture
tests_domains_expected_picture_SOURCES = tests/domains/expected-picture.c tests/domains/picture.h
CLEANFILES += tests/domains/testdom.bin tests/domains/testdom.cfg

tests/domains/testdom.bin: $(testdom_inputs_c) $(testdom_inputs_h) tests/domains/link.lds
	$(AM_V_GEN)$(MKDIR_P) tests/domains && cd $(srcdir) && \
	$(CC) $(testdom_compile) -Itests/domains $(testdom_link) -Wl,-T,tests/domains/link.lds \
		-o $(abs_builddir)/$@ $(testdom_inputs_c)

tests/domains/testdom.cfg: tests/domains/testdom.cfg.in Makefile
	$(AM_V_GEN)$(MKDIR_P) tests/domains && \
	sed -e 's|[@]libexecdir[@]|$(libexecdir)|g' $(srcdir)/tests/domains/testdom.cfg.in >$@
endif
