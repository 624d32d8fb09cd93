# SPDX-License-Identifier: MIT
# CASE: workers are killed while the guest works: others take over, nothing is lost, and the picture stays
# LIST: full

. /lab/dom0/gpu.sh

worker()
{
	pgrep -x xengt-worker
}

# replaced PID: whether another worker than that is there, and answers.
replaced()
{
	local now
	now=$(worker) && [ -n "$now" ] && [ "$now" != "$1" ] && xengtctl stats killed >/dev/null 2>&1
}

# Six of them, whatever the guest does then.  Each has some seconds to live, or it would count as one
# that dies of the guest's work.
killer()
{
	local i
	for i in {1..6}; do
		sleep 3
		pkill -KILL -x xengt-worker
	done
}

guest_vgt killed xengt_job=gpu_engines,gpu_blits,gpu_hangs || fail_now "the guest has a console"
killer &
killer=$!
ok "the engines' judges come to their end" guest_wait killed '^LAB DONE gpu_engines' 300
driver_happy killed
ok "the blitters' judges come to their end" guest_paused killed picture 300
kill $killer 2>/dev/null
wait $killer 2>/dev/null
ok "a worker is there" wait_for 20 replaced 0
picture_is_guests killed
ok "a picture" xengt-screenshot killed -o "$LAB_TMP/before.ppm"
pid=$(worker)
begin=$(date +%s%N)
kill -KILL "$pid"
ok "another worker takes over" wait_for 20 replaced "$pid"
diag "it answered after $((($(date +%s%N) - begin) / 1000000)) ms or less"
ok "what the dead one showed can be had" xengt-screenshot killed -o "$LAB_TMP/after.ppm"
same_picture "it is the same picture" "$LAB_TMP/after.ppm" "$LAB_TMP/before.ppm"
guest_go killed picture
ok "the blits are through" guest_wait killed '^LAB DONE gpu_blits' 60
driver_happy killed
ok "the hangs are through" guest_wait killed '^LAB DONE gpu_hangs' 240
is "i915_wedged is 0 after the resets" "$(guest_value killed wedged)" 0
verdicts killed gpu
nr=$(xengtctl stats killed | sed -n 's/^inherited //p')
diag "$nr workers were killed and replaced"
ok "there were at least four" test "${nr:-0}" -ge 4

# One after the other, as if the guest's work were what they die of: the mediator gives up.
for i in {1..12}; do
	pid=$(worker) || break
	kill -KILL "$pid"
	wait_for 5 replaced "$pid" || break
done
ok "a vGPU whose workers keep dying is given up" wait_for 20 eval '! pgrep -x xengt-super'
like "the log says so" "$(dm_log killed)" 'workers died within'
ok "xl destroy" guest_destroy killed
assert_clean
