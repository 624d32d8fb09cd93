# SPDX-License-Identifier: MIT
#
# The driver of QEMU's own VGA, for guests that are held against those with a vGPU.

job_bochs()
{
	load bochs
	wait_path 20 /dev/fb0 || say "no fb0"
	say "DONE bochs"
}
