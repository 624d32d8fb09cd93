# SPDX-License-Identifier: MIT
# CASE: with no client, and after the last has gone, a minute passes without a system call of the worker
# LIST: full

# silent WHAT: strace sees nothing of the worker for a minute, and nothing is mapped for pictures.
silent()
{
	local trace=$LAB_TMP/trace
	timeout 60 strace -f -qq -o "$trace" -p "$(pgrep -x xengt-worker)"
	# what was interrupted when strace came, and goes on when it leaves, is no call
	is "$1: no system call in a minute" \
		"$(grep -cvE 'resumed|unfinished|restart_syscall|detached' "$trace")" 0
	is "$1: no page is mapped" "$(xengtctl stats quiet | sed -n 's/^frames_cached_now //p')" 0
}

guest_vgt quiet cmdline_extra=vt.global_cursor_default=0 || fail_now "the guest has a console"
busybox sleep 10
silent "before the first client"
ok "a picture" xengt-screenshot quiet -o "$LAB_TMP/picture.ppm"
busybox sleep 10
silent "after the last client"
ok "xl destroy" guest_destroy quiet
assert_clean
