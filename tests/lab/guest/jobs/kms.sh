# SPDX-License-Identifier: MIT
#
# The program of tests/kms, its three parts and its scenes.  Read by init; uses its say and pause.

# Each job: the display's CRC of what was set is that of the reference.
kms_verb()
{
	/judge-bin/kms-judge "$1"
	dmesg_serial
	say "DONE kms_$1"
}

# Every plane, format and modifier; cursor, rotation, blending, scaling, YUV; gamma and colour matrix.
job_kms_formats() { kms_verb formats; }
job_kms_looks() { kms_verb looks; }
job_kms_colors() { kms_verb colors; }

# Scenes for those outside; the reference goes to the mailbox as fbdump's picture does.
job_kms_scenes()
{
	for scene in 0 1 2; do
		/judge-bin/kms-judge scene $scene /tmp/reference >/tmp/scene &
		program=$!
		tenths=600
		until grep -q '^LAB fb ' /tmp/scene || [ $tenths = 0 ]; do
			usleep 100000
			tenths=$((tenths - 1))
		done
		cat /tmp/scene
		dd if=/tmp/reference of=/dev/xvda bs=1M seek=64 conv=fsync,notrunc 2>/dev/null
		pause scene$scene
		kill $program
		wait $program 2>/dev/null
	done
	say "DONE kms_scenes"
}
