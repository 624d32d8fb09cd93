# SPDX-License-Identifier: MIT
#
# The program of tests/gpu, its three parts.  Read by init; uses its say, word and pause.

# Stores, registers, contexts and so on, on all engines.
job_gpu_engines()
{
	/judge-bin/gpu-judge engines
	say "wedged $(wedged)"
	dmesg_serial
	say "DONE gpu_engines"
}

# A picture made by 2D commands; the processor's of the same goes to the mailbox as fbdump's does.
job_gpu_blits()
{
	/judge-bin/gpu-judge blits /tmp/reference >/tmp/blits &
	program=$!
	tenths=600
	until grep -q '^LAB fb ' /tmp/blits || [ $tenths = 0 ]; do
		usleep 100000
		tenths=$((tenths - 1))
	done
	cat /tmp/blits
	dd if=/tmp/reference of=/dev/xvda bs=1M seek=64 conv=fsync,notrunc 2>/dev/null
	say "DONE fbdump"
	pause picture
	kill $program
	say "wedged $(wedged)"
	dmesg_serial
	say "DONE gpu_blits"
}

# Batches without end: i915 complains of them in its log, so they come last.
job_gpu_hangs()
{
	/judge-bin/gpu-judge hangs
	say "resets $(dmesg | grep -c 'i915.*Resetting')"
	say "wedged $(wedged)"
	say "DONE gpu_hangs"
}
