# SPDX-License-Identifier: MIT
EXTRA_DIST += docs/architecture.md docs/commands.md docs/contributing.md docs/judges.md \
	docs/lab.md docs/looking.md \
	docs/examples/follow.c \
	docs/performance.md \
	docs/pictures/client.png docs/pictures/console.png docs/pictures/view.png \
	docs/pictures/top.txt \
	docs/registers.md \
	docs/traces.md
dist_doc_DATA = docs/black-screen.md
dist_man_MANS += \
	docs/libxengt.3 \
	docs/xengt-dm.8 \
	docs/xengt-record.1 \
	docs/xengt-screenshot.1 \
	docs/xengt-view.1 \
	docs/xengt-vnc.1 \
	docs/xengtctl.1

# The lists of commands and registers are made from the tables.
check_PROGRAMS += list_commands
list_commands_SOURCES = tests/support/list_commands.c
list_commands_CFLAGS = $(AM_CFLAGS)
list_commands_LDADD = libmediator.la

check_PROGRAMS += list_registers
list_registers_SOURCES = tests/support/list_registers.c
list_registers_CFLAGS = $(AM_CFLAGS)
list_registers_LDADD = libmediator.la

.PHONY: docs/commands.md
docs/commands.md: list_commands
	./list_commands >$(srcdir)/docs/commands.md

.PHONY: docs/registers.md
docs/registers.md: list_registers
	./list_registers >$(srcdir)/docs/registers.md

.PHONY: docs/judges.md
docs/judges.md:
	sh $(srcdir)/tests/support/list-judges $(srcdir) >$(srcdir)/docs/judges.md
