# SPDX-License-Identifier: MIT
# CASE: mediators go on as another program while the guest works: nothing is lost, and the picture stays
# LIST: once
# NEEDS: other

. /lab/dom0/gpu.sh

PROGRAM=/usr/libexec/xengt/xengt-dm
OURS=$LAB_TMP/ours
OTHER=/usr/lib/xengt-lab/other-xengt-dm

# as_program FILE: it is what is installed from now on; the one before lives on in who runs it.
as_program()
{
	cp -- "$1" "$PROGRAM.new" && mv -- "$PROGRAM.new" "$PROGRAM"
}

# Forth and back, whatever the guest does then; each takes over before the next is installed.
upgrader()
{
	local i start
	for i in 1 2 3 4 5 6; do
		as_program "$([ $((i % 2)) = 1 ] && echo $OTHER || echo "$OURS")"
		start=$(date +%s%N)
		xengtctl upgrade upgraded >>"$LAB_KEEP/upgrades" 2>&1 || return
		echo "took $((($(date +%s%N) - start) / 1000000)) ms" >>"$LAB_KEEP/upgrades"
		sleep 3
	done
}

# refused FILE: what xengtctl says if that is installed, as standard output; 0 if it failed.
refused()
{
	as_program "$1"
	! xengtctl upgrade upgraded 2>&1
}

cp -- "$PROGRAM" "$OURS"
guest_vgt upgraded xengt_job=gpu_engines,gpu_blits,gpu_hangs || fail_now "the guest has a console"
socket=/run/xengt/$(guest_id upgraded).sock
chgrp 4711 "$socket" && chmod 660 "$socket"
upgrader &
upgrader=$!
ok "the engines' judges come to their end" guest_wait upgraded '^LAB DONE gpu_engines' 300
driver_happy upgraded
ok "the blitters' judges come to their end" guest_paused upgraded picture 300
wait $upgrader
is "six upgrades were done, to another program each" \
	"$(grep -c 'goes on with' "$LAB_KEEP/upgrades")" 6
diag "$(sed -n 's/^took/an upgrade took/p' "$LAB_KEEP/upgrades" | tr '\n' ',')"
is "who was let in by the socket is let in still" "$(stat -c '%u %g %a' "$socket")" "0 4711 660"
like "the log says which" "$(dm_log upgraded)" 'worker of xengt [0-9.]+-other ready'
is "and back" "$(dm_log upgraded | grep -c 'worker of xengt [0-9.]* ready')" 4 # with the first
is "none died" "$(dm_log upgraded | grep -c 'worker killed\|ended by itself')" 0
picture_is_guests upgraded
ok "a picture" xengt-screenshot upgraded -o "$LAB_TMP/before.ppm"
as_program $OTHER
ok "all are upgraded" xengtctl upgrade --all
ok "what the other program shows" xengt-screenshot upgraded -o "$LAB_TMP/after.ppm"
same_picture "is the same picture" "$LAB_TMP/after.ppm" "$LAB_TMP/before.ppm"

# What cannot go on does not: the one before does.
like "a program that ends at once" "$(refused /bin/true)" 'goes on as before.*died while it started'
printf '#!/bin/sh\n' >"$LAB_TMP/script"
chmod 755 "$LAB_TMP/script"
like "one that cannot be run" "$(refused "$LAB_TMP/script")" 'goes on as before'
rm -- "$PROGRAM"
like "one that is not there" "$(xengtctl upgrade upgraded 2>&1)" 'goes on as before.*cannot open'
ok "the guest's vGPU is there all the same" xengt-screenshot upgraded -o "$LAB_TMP/again.ppm"
same_picture "with the same picture" "$LAB_TMP/again.ppm" "$LAB_TMP/before.ppm"
as_program "$OURS"
like "no such domain" "$(xengtctl upgrade nosuch 2>&1)" 'no domain "nosuch"'

guest_go upgraded picture
ok "the blits are through" guest_wait upgraded '^LAB DONE gpu_blits' 60
driver_happy upgraded
ok "the hangs are through" guest_wait upgraded '^LAB DONE gpu_hangs' 240
is "i915_wedged is 0 after the resets" "$(guest_value upgraded wedged)" 0
verdicts upgraded gpu
ok "xl destroy" guest_destroy upgraded
assert_clean
